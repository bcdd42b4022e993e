import { computed, type ComputedRef } from 'vue';
import { view } from '../state/store';
import { isMessage, translate, type Locale } from './translate';
import type { MessageKey } from './zh';

export type { Locale } from './translate';
export type { MessageKey } from './zh';

export interface Words {
  locale: ComputedRef<Locale>;
  t: (key: MessageKey, slots?: Record<string, string | number>) => string;
  /** The message `prefix.word`, or the word itself where the page does not know it. */
  word: (prefix: string, word: string) => string;
  /** The Chinese or English label that the data bring along. */
  label: (item: { zh: string; en: string }) => string;
}

export function useWords(): Words {
  const locale = computed(() => view.value.locale);
  const t: Words['t'] = (key, slots) => translate(locale.value, key, slots);
  return {
    locale,
    t,
    word: (prefix, word) => {
      const key = `${prefix}.${word}`;
      return isMessage(key) ? t(key) : word;
    },
    label: (item) => (locale.value === 'zh' ? item.zh : item.en),
  };
}
