// Who plans: there are no accounts yet, so the page asks once for a name and remembers it.
import { ref } from 'vue';

const REMEMBERED = 'wangge.planner';

function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? '';
  } catch {
    return ''; // Storage may be forbidden; then the name is asked for in every session.
  }
}

export const author = ref(remembered());
/** Set while the name is being asked for. */
export const asking = ref<((name: string | null) => void) | null>(null);

export function setAuthor(name: string): void {
  author.value = name.trim();
  try {
    localStorage.setItem(REMEMBERED, author.value);
  } catch {
    // See above.
  }
}

/** The name of whoever plans; asks where it is not known. Null where somebody would not say. */
export async function whoever(): Promise<string | null> {
  if (author.value !== '') return author.value;
  return askAuthor();
}

export async function askAuthor(): Promise<string | null> {
  const name = await new Promise<string | null>((resolve) => (asking.value = resolve));
  asking.value = null;
  if (name !== null && name.trim() !== '') setAuthor(name);
  return author.value === '' ? null : author.value;
}
