// The chosen place in the layers that are loaded, and its reports.
import type { Feature, FeatureCollection } from 'geojson';
import { computed, type ComputedRef } from 'vue';
import type { Level } from '../api/types';
import { partReports, type PartedReports } from '../map/report-data';
import { SOURCE_OF } from '../map/style/common';
import type { LayerData } from './layer-data';
import { view } from './store';

const LEVELS: readonly Level[] = ['village', 'grid', 'microgrid'];
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

export function findPlace(id: string, { data }: Pick<LayerData, 'data'>): { level: Level; feature: Feature } | null {
  for (const level of LEVELS) {
    const features = data[SOURCE_OF[level]].value?.features;
    const feature = features?.find((place) => place.properties?.['id'] === id);
    if (feature) return { level, feature };
  }
  return null;
}

/** All reports on the map, those of the chosen place apart from the others. */
export function usePlaceReports(layerData: Pick<LayerData, 'data'>): ComputedRef<PartedReports> {
  return computed(() => {
    const { selection, layers } = view.value;
    const all = layerData.data.reports.value ?? NOTHING;
    if (selection.kind !== 'place' || !layers.includes('reports')) return partReports(all, null);
    const found = findPlace(selection.id, layerData);
    const code: unknown = found?.feature.properties?.['code'];
    return partReports(
      all,
      found && { level: found.level, id: selection.id, code: typeof code === 'string' ? code : null },
    );
  });
}
