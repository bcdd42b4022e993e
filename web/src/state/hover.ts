import { ref } from 'vue';

/** The place under the pointer, on the map or in the table. */
export const hovered = ref<string | null>(null);
