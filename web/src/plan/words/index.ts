import type { ComputedRef } from 'vue';
import { useWords, type Locale } from '../../i18n';
import { isPlanKey, say, type Say } from './say';

export type { PlanKey, Say } from './say';

export interface PlanWords {
  locale: ComputedRef<Locale>;
  p: Say;
  /** The message `prefix.word`, or the word itself where the page does not know it. */
  pWord: (prefix: string, word: string) => string;
}

export function usePlanWords(): PlanWords {
  const { locale } = useWords();
  const p: Say = (key, slots) => say(locale.value, key, slots);
  return {
    locale,
    p,
    pWord: (prefix, word) => {
      const key = `${prefix}.${word}`;
      return isPlanKey(key) ? p(key) : word;
    },
  };
}
