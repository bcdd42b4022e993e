// Numbers, durations and months as people read them.
import type { Unit } from '../api/types';
import type { Locale } from '../i18n/translate';

const TAG: Record<Locale, string> = { zh: 'zh-CN', en: 'en-GB' };

const formatters = new Map<string, Intl.NumberFormat>();

function number(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(TAG[locale], options);
    formatters.set(key, formatter);
  }
  return formatter;
}

export function formatNumber(value: number, locale: Locale, maximumFractionDigits = 0): string {
  return number(locale, { maximumFractionDigits }).format(value);
}

/** How many a figure rests on; fewer than `minN` where that is withheld. */
export const formatN = (n: number | null, locale: Locale, minN = 5): string =>
  n === null ? `< ${minN}` : formatNumber(n, locale);

export function formatRatio(value: number, locale: Locale): string {
  return number(locale, {
    style: 'percent',
    // Only what is really none or all goes without its decimal, not what the computation left beside it.
    minimumFractionDigits: value > 1e-9 && value < 1 - 1e-9 ? 1 : 0,
    maximumFractionDigits: 1,
  }).format(value);
}

export type Clock = 'wall' | 'working';

const MINUTE = 60;
const HOUR = 3600;
/** A working day is 08–12 and 14–18. */
const DAY: Record<Clock, number> = { wall: 24 * HOUR, working: 8 * HOUR };

const UNITS = {
  zh: { second: '秒', minute: '分钟', hour: '小时', wall: '天', working: '工作日' },
  en: { second: 's', minute: 'min', hour: 'h', wall: 'd', working: 'work d' },
} as const;

interface DurationUnit {
  /** Seconds. */
  size: number;
  word: string;
  /** Whether its parts matter: hours and days take a decimal, minutes and seconds none. */
  parts: boolean;
}

/** The unit in which a duration reads best. */
function durationUnit(seconds: number, locale: Locale, clock: Clock): DurationUnit {
  const words = UNITS[locale];
  const size = Math.abs(seconds);
  if (size < 1.5 * MINUTE) return { size: 1, word: words.second, parts: false };
  if (size < 1.5 * HOUR) return { size: MINUTE, word: words.minute, parts: false };
  if (size < 1.5 * DAY[clock]) return { size: HOUR, word: words.hour, parts: true };
  return { size: DAY[clock], word: words[clock], parts: true };
}

const fixed = (value: number, digits: number, locale: Locale): string =>
  number(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** "4.2 天", "4.2 d": one unit, three figures at most. */
export function formatDuration(seconds: number, locale: Locale, clock: Clock = 'wall'): string {
  const { size, word, parts } = durationUnit(seconds, locale, clock);
  const value = seconds / size;
  // "3.0 d" beside "2.1 d": only what is whole, such as the limit of a class, goes without its decimal.
  const digits = parts && Math.abs(value) < 100 && !Number.isInteger(value) ? 1 : 0;
  return `${fixed(value, digits, locale)} ${word}`;
}

/** A difference in the unit of the value that it stands beside: "+1.2 天" at "5.3 天". Rates have points instead. */
export function formatDifference(
  difference: number,
  value: number,
  unit: Unit,
  locale: Locale,
  clock: Clock = 'wall',
): string {
  if (unit === 'ratio') return fixed(difference * 100, 1, locale);
  if (unit !== 'seconds') return formatValue(difference, unit, locale, clock);
  const { size, word, parts } = durationUnit(value, locale, clock);
  return `${fixed(difference / size, parts ? 1 : 0, locale)} ${word}`;
}

/** A metric's value with its unit. */
export function formatValue(value: number, unit: Unit, locale: Locale, clock: Clock = 'wall'): string {
  switch (unit) {
    case 'ratio':
      return formatRatio(value, locale);
    case 'seconds':
      return formatDuration(value, locale, clock);
    case 'count':
      return formatNumber(value, locale);
    default:
      // Loads lie between a few hundredths and a few a day: as many decimals in every row, so that a column lines up.
      return number(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
  }
}

/** The mark of an axis: round already, so no more decimals than it needs. */
export function formatLimit(value: number, unit: Unit, locale: Locale, clock: Clock = 'wall'): string {
  if (unit === 'ratio') return number(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  if (unit === 'events_per_worker_day') return formatNumber(value, locale, 3);
  return formatValue(value, unit, locale, clock);
}

/** How many decimals the values need, `most` at most. */
function decimals(values: readonly number[], most: number): number {
  const needed = values.map(
    (value) =>
      value
        .toFixed(most)
        .replace(/\.?0+$/, '')
        .split('.')[1]?.length ?? 0,
  );
  return Math.max(0, ...needed);
}

/** How the limits of one legend are written: with equal decimals, durations in one unit unless that hides the least. */
export function limitFormatter(
  limits: readonly number[],
  unit: Unit,
  locale: Locale,
  clock: Clock = 'wall',
): (limit: number) => string {
  switch (unit) {
    case 'ratio': {
      const digits = decimals(
        limits.map((limit) => limit * 100),
        1,
      );
      const format = number(locale, {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      return (limit) => format.format(limit);
    }
    case 'seconds': {
      const { size, word, parts } = durationUnit(Math.max(0, ...limits), locale, clock);
      const least = Math.min(...limits.filter((limit) => limit > 0));
      if (least < size / 10) return (limit) => formatDuration(limit, locale, clock);
      const digits = decimals(
        limits.map((limit) => limit / size),
        parts ? 1 : 0,
      );
      return (limit) => `${fixed(limit / size, digits, locale)} ${word}`;
    }
    case 'count':
      return (limit) => formatNumber(limit, locale);
    default: {
      const digits = decimals(limits, 3);
      return (limit) => fixed(limit, digits, locale);
    }
  }
}

export function formatArea(squareMetres: number, locale: Locale): string {
  return squareMetres < 1e5
    ? `${formatNumber(squareMetres, locale)} m²`
    : `${formatNumber(squareMetres / 1e6, locale, 2)} km²`;
}

/** "2026年10月", "Oct 2026". */
export function formatMonth(month: string, locale: Locale): string {
  const [year = '', part = '1'] = month.split('-');
  if (locale === 'zh') return `${year}年${Number(part)}月`;
  const date = new Date(Date.UTC(2000, Number(part) - 1, 1));
  return `${new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' }).format(date)} ${year}`;
}

/** The day of an instant in the area's zone. */
export function formatDay(instant: string, zone: string, locale: Locale): string {
  const timeZone = /^\d{4}-\d{2}-\d{2}$/.test(instant) ? 'UTC' : zone;
  return new Intl.DateTimeFormat(TAG[locale], { dateStyle: 'medium', timeZone }).format(new Date(instant));
}

/** An instant in the area's zone; the public is told the local day only. */
export function formatInstant(instant: string, zone: string, locale: Locale): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(instant)) return formatDay(instant, zone, locale);
  return new Intl.DateTimeFormat(TAG[locale], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  }).format(new Date(instant));
}
