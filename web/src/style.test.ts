import { describe, expect, it } from 'vitest';
import css from './style.css?raw';
import { luminance } from './testing/rows';

function colour(name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css)?.[1];
  if (!found) throw new Error(`no colour ${name}`);
  return found;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(colour(a)), luminance(colour(b))].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe('text', () => {
  it.each(['ink', 'ink-2', 'ink-3', 'accent', 'warn', 'el-text-color-placeholder'])(
    '%s is legible (WCAG AA)',
    (name) => {
      expect(contrast(name, 'paper')).toBeGreaterThanOrEqual(4.5);
      expect(contrast(name, 'wash')).toBeGreaterThanOrEqual(4.5);
    },
  );
});
