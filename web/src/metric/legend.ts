// What a legend says about the classes of a scale.
import type { Unit } from '../api/types';
import { limitFormatter, type Clock } from '../format/format';
import type { Locale } from '../i18n/translate';
import { NO_DATA } from './ramps';
import { classEnds, type Scale } from './scale';

export interface LegendClass {
  colour: string;
  text: string;
}

export function legendClasses(scale: Scale, unit: Unit, locale: Locale, clock: Clock): LegendClass[] {
  const ends = classEnds(scale.limits, unit, scale.lowAlone);
  const show = limitFormatter(ends.flat(), unit, locale, clock);
  return ends.map(([low, high], k) => {
    const [first, last] = [show(low), show(high)];
    // Below a class of one single value: up to it, not with it.
    const upTo = ends[k + 1]?.[0] === high && ends[k + 1]?.[1] === high ? `<${last}` : last;
    return { colour: scale.colours[k] ?? NO_DATA, text: first === last ? first : `${first} – ${upTo}` };
  });
}

/** Characters that fit under a narrow strip of colours. */
const ROOM = 26;

/** The limits between the colours of a strip, as many as there is room for; the others are empty. */
export function stripMarks(scale: Scale, unit: Unit, locale: Locale, clock: Clock): string[] {
  const ends = classEnds(scale.limits, unit, scale.lowAlone);
  const values = [...ends.map(([low]) => low), ends.at(-1)?.[1] ?? 0];
  const limits = values.map(limitFormatter(values, unit, locale, clock));
  const tight = limits.join('').length > ROOM;
  return limits.map((text, k) =>
    tight && k < limits.length - 1 && (k % 2 === 1 || k === limits.length - 2) ? '' : text,
  );
}
