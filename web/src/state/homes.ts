// Where people work: their post, in the place that the map knows.
import type { Feature, FeatureCollection } from 'geojson';
import { computed, type ComputedRef } from 'vue';
import { layerLink } from '../api/links';
import type { Area, LayerInfo, Level } from '../api/types';
import { SOURCE_OF } from '../map/style/common';
import type { LayerData } from './layer-data';
import { dataOf, useLoad } from './load';
import { view } from './store';

export interface Home {
  id: string;
  name: string;
  /** The place itself and those around it, by level. */
  around: Partial<Record<Level, string>>;
}

const LEVELS: readonly Level[] = ['village', 'grid', 'microgrid'];

const text = (feature: Feature, key: string): string | null => {
  const value: unknown = feature.properties?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** Posts that are still held come last, the latest of them very last: the last one counts. */
function byStanding(a: Feature, b: Feature): number {
  const held = (post: Feature) => Number(text(post, 'to') === null);
  return held(a) - held(b) || (text(a, 'from') ?? '').localeCompare(text(b, 'from') ?? '');
}

/** The home of each person by the person's code; people whose place is not among `places` have none. */
export function homesOf(
  posts: readonly Feature[],
  places: Readonly<Record<Level, readonly Feature[]>>,
): Map<string, Home> {
  const known = new Map(
    LEVELS.flatMap((level) =>
      places[level].map((feature): [string, Home] => {
        const id = text(feature, 'id') ?? '';
        const parents = LEVELS.map((each) => [each, text(feature, `${each}_id`)] as const).filter(([, up]) => up);
        const around: Home['around'] = { ...Object.fromEntries(parents), [level]: id };
        return [id, { id, name: text(feature, 'name') ?? text(feature, 'code') ?? '', around }];
      }),
    ),
  );
  return new Map(
    posts.toSorted(byStanding).flatMap((post) => {
      const [person, home] = [text(post, 'person'), known.get(text(post, 'place_id') ?? '')];
      return person !== null && home ? [[person, home] as const] : [];
    }),
  );
}

/** Loaded while people are ranked; empty where the viewer may not read who holds which post. */
export function useHomes(
  area: () => Area,
  infos: () => readonly LayerInfo[],
  wanted: () => boolean,
  layerData: LayerData,
): ComputedRef<Map<string, Home>> {
  const { load } = useLoad<FeatureCollection>(() =>
    wanted() && infos().some(({ name }) => name === 'posts') ? layerLink('posts', 'geojson', view.value, area()) : null,
  );
  const of = (level: Level) => layerData.data[SOURCE_OF[level]].value?.features ?? [];
  return computed(() => {
    const posts = dataOf(load.value);
    if (!posts) return new Map<string, Home>();
    return homesOf(posts.features, { village: of('village'), grid: of('grid'), microgrid: of('microgrid') });
  });
}
