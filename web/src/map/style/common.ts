// What the parts of the style share.
import type { ExpressionSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Level } from '../../api/types';
import type { Limits } from '../../metric/classes';
import type { LayerName } from '../../state/view';

export interface StyleOptions {
  shown: readonly LayerName[];
  /** The level whose figures are mapped and whose places can be clicked. */
  level: Level;
  /** Classes of the counts in the hexagons. */
  hexagonLimits: Limits;
}

/** Local fonts only: the map fetches no glyphs. */
export const FONTS = ['Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];
export const BOLD_FONTS = ['Noto Sans CJK SC Bold', ...FONTS];

/** Images that the owner of the map draws and adds. */
export const HATCH = 'hatch';
export const SQUARE = 'square';

/** The source of each level's polygons, which is also the name of its layer. */
export const SOURCE_OF: Record<Level, 'villages' | 'grids' | 'microgrids'> = {
  village: 'villages',
  grid: 'grids',
  microgrid: 'microgrids',
};
export const LEVELS: readonly Level[] = ['village', 'grid', 'microgrid'];

export type Visibility = { visibility: 'visible' | 'none' };
export const when = (shown: boolean): Visibility => ({ visibility: shown ? 'visible' : 'none' });
export const isOn = (options: StyleOptions, layer: LayerName): Visibility => when(options.shown.includes(layer));

/** A radius that grows with the zoom. */
export const dot = (small: number, large: number): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  10,
  small,
  16,
  large,
];
