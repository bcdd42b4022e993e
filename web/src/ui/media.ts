import { onScopeDispose, ref, type Ref } from 'vue';

/** Whether the media query holds, kept up to date. */
export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const holds = ref(list.matches);
  const update = () => (holds.value = list.matches);
  list.addEventListener('change', update);
  onScopeDispose(() => list.removeEventListener('change', update));
  return holds;
}
