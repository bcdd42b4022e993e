// The reports as the map draws them: those of the chosen place apart from the rest, those at one position as one mark.
import type { Feature, FeatureCollection } from 'geojson';
import type { Level } from '../api/types';
import { reportGroup } from './style/reports';

export interface ReportPlace {
  level: Level;
  id: string;
  code: string | null;
}

/** Whether a report lies in the place; null where it does not say (the public is not told everything). */
export function liesIn({ properties }: Feature, { level, id, code }: ReportPlace): boolean | null {
  const [own, named]: unknown[] = [properties?.[`${level}_id`], properties?.[level]];
  if (own === id || named === id || (code !== null && named === code)) return true;
  return (own ?? null) === null && (named ?? null) === null ? null : false;
}

export interface PartedReports {
  /** Reports that stand out. */
  main: FeatureCollection;
  /** The others, shown faintly. */
  faint: FeatureCollection;
  /** How many lie in the chosen place; null where none is chosen or nobody can tell. */
  inPlace: number | null;
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

export function partReports(all: FeatureCollection, place: ReportPlace | null): PartedReports {
  const inside = place === null ? [] : all.features.map((feature) => liesIn(feature, place));
  if (!inside.some((known) => known !== null)) return { main: all, faint: collection([]), inPlace: null };
  const main = all.features.filter((_, k) => inside[k] === true);
  return {
    main: collection(main),
    faint: collection(all.features.filter((_, k) => inside[k] !== true)),
    inPlace: main.length,
  };
}

const positionOf = ({ geometry }: Feature): string | null =>
  // A report without a position has a null geometry, whatever the type says.
  (geometry as Feature['geometry'] | null)?.type === 'Point' ? JSON.stringify(geometry) : null;

function byPosition(features: readonly Feature[]): Map<string, Feature[]> {
  const groups = new Map<string, Feature[]>();
  for (const feature of features) {
    const position = positionOf(feature);
    if (position === null) continue;
    const group = groups.get(position);
    if (group) group.push(feature);
    else groups.set(position, [feature]);
  }
  return groups;
}

/**
 * Marks reports that would hide each other: the first at a position carries `stack`, how many there are, and
 * `stack_open`, how many of them are open; the others are `under` it and not drawn by themselves.
 */
export function stacked(all: FeatureCollection): FeatureCollection {
  const groups = byPosition(all.features);
  return collection(
    all.features.map((feature) => {
      const group = groups.get(positionOf(feature) ?? '') ?? [];
      if (group.length < 2) return feature;
      if (group[0] !== feature) return { ...feature, properties: { ...feature.properties, under: true } };
      const open = group.filter(({ properties }) => reportGroup(String(properties?.['state'])) === 'open');
      return {
        ...feature,
        properties: { ...feature.properties, stack: group.length, stack_open: open.length },
      };
    }),
  );
}

/** All reports at the position of one of them, the latest first. */
export function stackOf(all: FeatureCollection, id: string): Feature[] {
  const of = all.features.find(({ properties }) => properties?.['id'] === id);
  const position = of ? positionOf(of) : null;
  if (position === null) return [];
  const submitted = ({ properties }: Feature) => String(properties?.['submitted_at'] ?? '');
  return all.features
    .filter((feature) => positionOf(feature) === position)
    .sort((a, b) => submitted(b).localeCompare(submitted(a)));
}
