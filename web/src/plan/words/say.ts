// The planner's own dictionaries: loaded with it, so that the leader's page does not carry them.
import type { Locale } from '../../i18n/translate';
import { en } from './en';
import { zh, type PlanKey } from './zh';

export type { PlanKey } from './zh';

const MESSAGES: Record<Locale, Record<PlanKey, string>> = { zh, en };

export type Slots = Record<string, string | number>;
export type Say = (key: PlanKey, slots?: Slots) => string;

/** The message with its `{slots}` filled in. */
export function say(locale: Locale, key: PlanKey, slots: Slots = {}): string {
  return MESSAGES[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(slots[name] ?? whole));
}

export const isPlanKey = (key: string): key is PlanKey => Object.hasOwn(zh, key);
