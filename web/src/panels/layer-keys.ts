// Which layers of the map the legend explains.
import type { LayerInfo } from '../api/types';
import type { LayerName } from '../state/view';

/** The layer of the API that a layer of the map is drawn from: hexagons need reports to count. */
export const fileOf = (layer: LayerName): string => (layer === 'hexagons' ? 'reports' : layer);

const KEYED: readonly LayerName[] = [
  'hexagons',
  'reports',
  'facilities',
  'devices',
  'microgrids',
  'squares',
  'households',
];

/** A link may name layers that the viewer may not read: those are not on the map. */
export const keyedLayers = (shown: readonly LayerName[], readable: readonly Pick<LayerInfo, 'name'>[]): LayerName[] =>
  KEYED.filter((layer) => shown.includes(layer) && readable.some(({ name }) => name === fileOf(layer)));
