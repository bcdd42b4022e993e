// What a key means to the editor; null where it belongs to a field, a list or the browser.
import type { ToolName } from '../state/plan-view';
import { toolOfKey } from './tools/registry';
import type { ToolKey } from './tools/tool';

export type Shortcut =
  | { kind: 'tool'; tool: ToolName }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'radius'; by: 1 | -1 }
  | { kind: 'help' }
  | { kind: 'press'; key: ToolKey };

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'target'>;

const TOOL_KEYS_PRESSED: readonly string[] = ['Escape', 'Enter', 'Delete', 'Backspace'] satisfies ToolKey[];

/** Whether whoever types means the field and not the map. */
function isField(target: EventTarget | null): boolean {
  if (typeof Element === 'undefined' || !(target instanceof Element)) return false;
  return target.closest('input, select, textarea, [contenteditable], dialog') !== null;
}

/** Enter on a button presses the button. */
function isPressable(target: EventTarget | null): boolean {
  return typeof Element !== 'undefined' && target instanceof Element && target.closest('button, a, summary') !== null;
}

export function shortcutOf(event: Pressed): Shortcut | null {
  const { key } = event;
  if (isField(event.target)) return null;
  if (event.ctrlKey || event.metaKey) {
    const letter = key.toLowerCase();
    if (letter === 'y' || (letter === 'z' && event.shiftKey)) return { kind: 'redo' };
    return letter === 'z' ? { kind: 'undo' } : null;
  }
  if (event.altKey) return null;
  if (key === '[') return { kind: 'radius', by: -1 };
  if (key === ']') return { kind: 'radius', by: 1 };
  if (key === '?') return { kind: 'help' };
  if (key === 'Enter' && isPressable(event.target)) return null;
  if (TOOL_KEYS_PRESSED.includes(key)) return { kind: 'press', key: key as ToolKey };
  const tool = key.length === 1 ? toolOfKey(key) : null;
  return tool ? { kind: 'tool', tool } : null;
}

const [LEAST_PX, MOST_PX] = [8, 200];

/** A quarter more or less, within what a hand can use. */
export const radiusStep = (radius_px: number, by: number): number =>
  Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, radius_px * 1.25 ** by)));
