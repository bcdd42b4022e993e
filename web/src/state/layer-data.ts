// The features of the layers that the map needs at the moment, loaded as they are needed.
import type { FeatureCollection } from 'geojson';
import { computed, type ComputedRef } from 'vue';
import { hexagonsLink, layerLink } from '../api/links';
import type { Area, LayerInfo, Level } from '../api/types';
import { growingLimits, type Limits } from '../metric/classes';
import { dataOf, useLoad } from './load';
import { view } from './store';
import type { LayerName } from './view';

/** The layers of the map that are files of the API under the same name. */
export const FILE_LAYERS = [
  'villages',
  'grids',
  'microgrids',
  'squares',
  'facilities',
  'households',
  'devices',
  'reports',
] as const;
export type FileLayer = (typeof FILE_LAYERS)[number];

export interface LayerData {
  data: Record<FileLayer, ComputedRef<FeatureCollection | null>>;
  hexagons: ComputedRef<FeatureCollection | null>;
  hexagonLimits: ComputedRef<Limits>;
  /** Layers that were asked for and could not be had. */
  failed: ComputedRef<LayerName[]>;
  loading: ComputedRef<boolean>;
}

const NEEDED_BY: Partial<Record<FileLayer, Level>> = { grids: 'grid', microgrids: 'microgrid' };

/** H3 resolutions: a cell is about as large on the screen at every zoom. */
export function hexagonResolution(zoom = 11): number {
  if (zoom < 10.6) return 8;
  if (zoom < 12.6) return 9;
  return zoom < 14 ? 10 : 11;
}

/** The average edge of a cell by resolution, metres (H3's own table). */
export const HEXAGON_EDGE: Record<number, number> = { 8: 531, 9: 201, 10: 76, 11: 29 };

export function useLayerData(area: () => Area, infos: () => readonly LayerInfo[]): LayerData {
  const mayRead = (layer: string) => infos().some((info) => info.name === layer);
  // The villages are the land itself; the level shown carries the figures and the clicks.
  const needed = (layer: FileLayer) =>
    mayRead(layer) &&
    (layer === 'villages' ||
      view.value.layers.includes(layer) ||
      NEEDED_BY[layer] === view.value.level ||
      // People hold their posts in micro-grids, to which their rows lead.
      (view.value.ranking === 'workers' && (layer === 'grids' || layer === 'microgrids')));

  const loads = FILE_LAYERS.map((layer) => ({
    layer,
    load: useLoad<FeatureCollection>(() => (needed(layer) ? layerLink(layer, 'geojson', view.value, area()) : null))
      .load,
  }));
  const hexagonLoad = useLoad<FeatureCollection>(() =>
    view.value.layers.includes('hexagons') && mayRead('reports')
      ? hexagonsLink(view.value, area(), hexagonResolution(view.value.camera?.zoom))
      : null,
  ).load;

  const dataFor = (layer: FileLayer) => {
    const found = loads.find((entry) => entry.layer === layer);
    return computed(() => (found ? dataOf(found.load.value) : null));
  };
  const hexagons = computed(() => dataOf(hexagonLoad.value));
  return {
    data: {
      villages: dataFor('villages'),
      grids: dataFor('grids'),
      microgrids: dataFor('microgrids'),
      squares: dataFor('squares'),
      facilities: dataFor('facilities'),
      households: dataFor('households'),
      devices: dataFor('devices'),
      reports: dataFor('reports'),
    },
    hexagons,
    hexagonLimits: computed(() => countLimits(hexagons.value)),
    failed: computed(() => [
      ...loads.filter(({ load }) => load.value.state === 'failed').map(({ layer }) => layer),
      ...(hexagonLoad.value.state === 'failed' ? (['hexagons'] as const) : []),
    ]),
    loading: computed(() =>
      [...loads.map(({ load }) => load), hexagonLoad].some((load) => load.value.state === 'loading'),
    ),
  };
}

const HEXAGON_CLASSES = 5;

function countLimits(cells: FeatureCollection | null): Limits {
  const counts = (cells?.features ?? []).map((cell) => Number(cell.properties?.['count'] ?? 0));
  return growingLimits(counts, HEXAGON_CLASSES);
}
