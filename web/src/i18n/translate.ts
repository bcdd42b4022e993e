import { en } from './en';
import { zh, type MessageKey } from './zh';

export type Locale = 'zh' | 'en';

const MESSAGES: Record<Locale, Record<MessageKey, string>> = { zh, en };

/** The message with its `{slots}` filled in. */
export function translate(locale: Locale, key: MessageKey, slots: Record<string, string | number> = {}): string {
  return MESSAGES[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(slots[name] ?? whole));
}

/** Whether the dictionary has a message: words that come from data may be newer than the page. */
export function isMessage(key: string): key is MessageKey {
  return Object.hasOwn(zh, key);
}
