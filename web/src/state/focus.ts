import { ref } from 'vue';

/** A place that the map is to fill its view with; the map sets it back to null when it has. */
export const focusOn = ref<string | null>(null);
