// The one view of the page, kept in step with the address bar.
import { readonly, shallowRef, type DeepReadonly, type ShallowRef } from 'vue';
import type { Locale } from '../i18n/translate';
import { parseView, viewQuery } from './url';
import { DEFAULT_VIEW, type View } from './view';

const REMEMBERED_LOCALE = 'wangge.locale';

function rememberedLocale(): Locale {
  try {
    return localStorage.getItem(REMEMBERED_LOCALE) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh'; // Storage may be forbidden; the default language will do.
  }
}

export function rememberLocale(locale: Locale): void {
  try {
    localStorage.setItem(REMEMBERED_LOCALE, locale);
  } catch {
    // See above: the link still holds the language.
  }
}

const fallback = (): View => ({ ...DEFAULT_VIEW, locale: rememberedLocale() });

const current: ShallowRef<View> = shallowRef(parseView(location.search, fallback()));

export const view: DeepReadonly<ShallowRef<View>> = readonly(current);

/** A window that nobody chose starts again from the narrowest when something else is counted. */
function fresh(part: Partial<View>): Partial<View> {
  const counted = ['metric', 'level', 'kind', 'clock'] as const;
  const changed = counted.some((key) => key in part && part[key] !== current.value[key]);
  return changed && !current.value.windowNamed ? { window: DEFAULT_VIEW.window } : {};
}

/** Changes the view. `step` makes the change one that the browser's back button undoes. */
export function change(part: Partial<View>, step = true): void {
  const next = { ...current.value, ...fresh(part), ...part };
  const query = viewQuery(next);
  if (query !== viewQuery(current.value)) {
    if (step) history.pushState(null, '', query);
    else history.replaceState(null, '', query);
  }
  current.value = next;
}

export function followHistory(): void {
  addEventListener('popstate', () => {
    current.value = parseView(location.search, fallback());
  });
  history.replaceState(null, '', viewQuery(current.value));
}
