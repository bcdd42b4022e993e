// Arithmetic on local months "2026-10".
import type { Area } from '../api/types';
import type { View, Window } from './view';

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

export const isMonth = (text: string): boolean => MONTH.test(text);

function index(month: string): number {
  const [year = '0', part = '1'] = month.split('-');
  return Number(year) * 12 + Number(part) - 1;
}

function fromIndex(value: number): string {
  return `${String(Math.floor(value / 12)).padStart(4, '0')}-${String((value % 12) + 1).padStart(2, '0')}`;
}

export const addMonths = (month: string, count: number): string => fromIndex(index(month) + count);

/** Every month from `from` to `to`, both included; empty if they are the wrong way round. */
export function monthsBetween(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, index(to) - index(from) + 1) }, (_, k) => addMonths(from, k));
}

export const areaMonths = (area: Area): string[] =>
  area.data_from !== null && area.data_to !== null ? monthsBetween(area.data_from, area.data_to) : [];

/** The local day "2026-10-31" of an instant; the public is told days only. */
function localDay(instant: string, zone: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(instant)) return instant;
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date(instant));
}

/**
 * Whether the data end before the month does. They reach its end if they reach into its last day: nothing happens at
 * the very last moment of a month.
 */
export function isRunning(month: string, area: Area): boolean {
  if (area.as_of === null) return false;
  const day = localDay(area.as_of, area.zone);
  const [year = 0, part = 1] = month.split('-').map(Number);
  const last = `${month}-${String(new Date(Date.UTC(year, part, 0)).getUTCDate()).padStart(2, '0')}`;
  return day < last;
}

/** The month shown: the one asked for, held inside the data, or the latest that is over. */
export function shownMonth(month: string | null, area: Area): string | null {
  if (area.data_from === null || area.data_to === null) return null;
  if (month === null) {
    const before = addMonths(area.data_to, -1);
    return isRunning(area.data_to, area) && before >= area.data_from ? before : area.data_to;
  }
  if (month > area.data_to) return area.data_to;
  return month < area.data_from ? area.data_from : month;
}

const LENGTH: Record<Exclude<Window, 'all'>, number> = { month: 1, m3: 3, m12: 12 };

/** The months that one figure covers, both included; null for all time, and where the store has no data. */
export function windowMonths(
  view: Pick<View, 'window' | 'month'>,
  area: Area,
): { from: string | null; to: string | null } {
  const to = shownMonth(view.month, area);
  if (to === null || view.window === 'all') return { from: null, to: null };
  return { from: addMonths(to, 1 - LENGTH[view.window]), to };
}
