// The map's style: a function of the base map, a theme and what is switched on. Figures come in as feature states
// ("colour", "small", "hover", "selected"), so that moving through the months repaints without new geometry.
import type {
  GeoJSONSourceSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import { baseLayers, baseSources, type BaseSource } from '../base';
import type { MapTheme } from '../theme';
import { FONTS, isOn, LEVELS, when, type StyleOptions } from './common';
import { borderLayers, figureLayers, hexagonLayers, outlineLayers } from './figures';
import { labelLayers, pointLayers, squareLayers } from './points';
import { isOpen, reportLayers } from './reports';

export { HATCH, SOURCE_OF, SQUARE, type StyleOptions } from './common';
export { hexagonColours } from './figures';
export { reportGroup, type ReportGroup } from './reports';

const NOTHING: GeoJSONSourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
const PLACES: GeoJSONSourceSpecification = { ...NOTHING, promoteId: 'id' };

function sources(base: BaseSource): Record<string, SourceSpecification> {
  return {
    ...baseSources(base),
    villages: PLACES,
    grids: PLACES,
    microgrids: PLACES,
    'villages-labels': NOTHING,
    'grids-labels': NOTHING,
    'microgrids-labels': NOTHING,
    squares: NOTHING,
    'squares-labels': NOTHING,
    facilities: NOTHING,
    households: NOTHING,
    devices: NOTHING,
    hexagons: NOTHING,
    'reports-faint': NOTHING,
    reports: {
      ...NOTHING,
      promoteId: 'id',
      cluster: true,
      clusterRadius: 42,
      clusterMaxZoom: 15,
      clusterProperties: { open: ['+', ['case', isOpen, 1, 0]] },
    },
  };
}

export function style(base: BaseSource, theme: MapTheme, options: StyleOptions): StyleSpecification {
  return { version: 8, name: 'wangge', sources: sources(base), layers: layers(base, theme, options) };
}

/** All layers from the bottom up; those switched off are hidden, not missing, so that their order never changes. */
export function layers(base: BaseSource, theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  const { level } = options;
  return [
    { id: 'background', type: 'background', paint: { 'background-color': theme.background } },
    ...baseLayers(base, theme, FONTS).map(
      (layer) => ({ ...layer, layout: { ...layer.layout, ...isOn(options, 'base') } }) as LayerSpecification,
    ),
    ...landLayers(base.kind === 'none' || !options.shown.includes('base'), theme),
    ...LEVELS.flatMap((each) => figureLayers(each, each === level, theme, options)),
    ...hexagonLayers(options),
    ...borderLayers(theme, options),
    ...LEVELS.flatMap((each) => outlineLayers(each, theme)),
    ...squareLayers(theme, options),
    ...pointLayers(theme, options),
    ...labelLayers(theme, options),
    ...reportLayers(theme, options),
  ];
}

/** Plain land where no base map shows through. */
function landLayers(shown: boolean, theme: MapTheme): LayerSpecification[] {
  return [
    {
      id: 'land',
      type: 'fill',
      source: 'villages',
      layout: when(shown),
      paint: { 'fill-color': theme.land, 'fill-antialias': false },
    },
  ];
}
