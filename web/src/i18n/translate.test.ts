import { describe, expect, it } from 'vitest';
import { en } from './en';
import { isMessage, translate } from './translate';
import { zh } from './zh';

const slots = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the dictionaries', () => {
  it('have the same keys in the same order', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh));
  });

  it('have no empty message', () => {
    for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text.trim()).not.toBe('');
  });

  it.each(Object.keys(zh).filter(isMessage))('%s has the same slots in both', (key) => {
    expect(slots(en[key])).toEqual(slots(zh[key]));
  });
});

describe('translate', () => {
  it('fills slots and leaves unknown ones to be seen', () => {
    expect(translate('zh', 'legend.n', { n: 5 })).toBe('n = 5');
    expect(translate('en', 'legend.n')).toBe('n = {n}');
  });
});
