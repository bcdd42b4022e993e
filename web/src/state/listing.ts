// What the ranking needs to know beside the figures: the places on the map, and where people work.
import type { Feature } from 'geojson';
import { computed, type ComputedRef } from 'vue';
import type { Area, LayerInfo, Level } from '../api/types';
import { SOURCE_OF } from '../map/style/common';
import type { ListedPlace } from '../metric/rank';
import type { Figures } from './figures';
import { useHomes, type Home } from './homes';
import type { LayerData } from './layer-data';
import { view } from './store';

export interface Listing {
  minN: number;
  /** Whether the people who work there can be ranked as well. */
  workers: boolean;
  /** Names of the places that other places' names begin with. */
  above: readonly string[];
  /** The places on the map: all of them are listed. */
  places: readonly ListedPlace[];
  /** Where people work, by their codes. */
  homes: ReadonlyMap<string, Home>;
}

export function useListing(
  area: () => Area,
  infos: () => readonly LayerInfo[],
  figures: () => Figures | null,
  workers: () => boolean,
  layerData: LayerData,
): ComputedRef<Listing> {
  const homes = useHomes(area, infos, () => view.value.ranking === 'workers' && workers(), layerData);
  const text = (feature: Feature, key: string) => (feature.properties?.[key] as string | null | undefined) ?? null;
  const placesOf = (level: Level): ListedPlace[] =>
    (layerData.data[SOURCE_OF[level]].value?.features ?? []).map((feature) => ({
      id: text(feature, 'id') ?? '',
      code: text(feature, 'code'),
      name: text(feature, 'name'),
    }));
  return computed(() => {
    const shown = figures();
    return {
      minN: area().min_n,
      workers: workers(),
      above: placesOf('village').map(({ name }) => name ?? ''),
      places: shown ? placesOf(shown.level) : [],
      homes: homes.value,
    };
  });
}
