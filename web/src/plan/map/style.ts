// The style of the planner's map. Colours come in as feature states; everything that follows the pointer stands in small
// sources of its own, so that a drag sends a few points and not the subdistrict.
import type {
  ExpressionSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import { baseLayers, baseSources, type BaseSource } from '../../map/base';
import { BOLD_FONTS, dot, FONTS } from '../../map/style/common';
import type { MapTheme } from '../../map/theme';
import { NO_DATA } from '../../metric/ramps';

const EMPTY: GeoJSONSourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
const BY_ID: GeoJSONSourceSpecification = { ...EMPTY, promoteId: 'id' };

/** Sources whose features are looked up and replaced one by one. */
export const PLACE_SOURCES = { village: 'villages', grid: 'grids', microgrid: 'microgrids' } as const;
/** What is laid over the places as a whole. */
export const OVERLAYS = ['today', 'references', 'ground', 'candidate', 'problems', 'locks'] as const;
export type Overlay = (typeof OVERLAYS)[number];

export const DRAFT_COLOURS = {
  changed: '#93006b',
  today: '#12344d',
  sketch: '#0b5cad',
  taken: '#d6006c',
  locked: '#7a1f5c',
  candidate: '#0a7d4f',
} as const;

function sources(base: BaseSource): Record<string, SourceSpecification> {
  return {
    ...baseSources(base),
    ...Object.fromEntries(Object.values(PLACE_SOURCES).map((name) => [name, BY_ID])),
    labels: BY_ID,
    homes: BY_ID,
    ...Object.fromEntries([...OVERLAYS, 'sketch', 'taken'].map((name) => [name, EMPTY])),
  };
}

const width = (far: number, near: number): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  10,
  far,
  16,
  near,
];
const isState = (name: string): ExpressionSpecification => ['boolean', ['feature-state', name], false];

export function planStyle(base: BaseSource, theme: MapTheme): StyleSpecification {
  return {
    version: 8,
    name: 'wangge-plan',
    sources: sources(base),
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': theme.background } },
      ...baseLayers(base, theme, FONTS),
      ...placeLayers(base.kind !== 'none', theme),
      ...overlayLayers(),
      ...homeLayers(theme),
      ...labelLayers(theme),
      ...sketchLayers(),
    ],
  };
}

function placeLayers(hasBase: boolean, theme: MapTheme): LayerSpecification[] {
  const line = { 'line-join': 'round' as const };
  return [
    {
      id: 'grids-fill',
      type: 'fill',
      source: 'grids',
      paint: {
        'fill-color': ['to-color', ['feature-state', 'colour'], NO_DATA],
        'fill-opacity': hasBase ? 0.62 : 0.92,
        'fill-antialias': false,
      },
    },
    {
      id: 'microgrids-line',
      type: 'line',
      source: 'microgrids',
      minzoom: 13,
      paint: { 'line-color': '#7d8b98', 'line-width': width(0.3, 0.9), 'line-dasharray': [3, 2] },
    },
    {
      id: 'grids-line',
      type: 'line',
      source: 'grids',
      layout: line,
      paint: { 'line-color': '#56646f', 'line-width': width(0.6, 2) },
    },
    {
      id: 'grids-changed-casing',
      type: 'line',
      source: 'grids',
      filter: ['any', ['get', 'changed'], ['get', 'new']],
      layout: line,
      paint: { 'line-color': '#ffffff', 'line-width': width(2.6, 5), 'line-opacity': 0.75 },
    },
    {
      id: 'grids-changed',
      type: 'line',
      source: 'grids',
      filter: ['any', ['get', 'changed'], ['get', 'new']],
      layout: line,
      paint: { 'line-color': DRAFT_COLOURS.changed, 'line-width': width(1, 2.6) },
    },
    {
      id: 'villages-line',
      type: 'line',
      source: 'villages',
      layout: line,
      paint: { 'line-color': theme.villageLine, 'line-width': width(1.2, 3) },
    },
    {
      id: 'grids-outline',
      type: 'line',
      source: 'grids',
      layout: line,
      paint: {
        'line-color': ['case', isState('selected'), theme.selected, DRAFT_COLOURS.sketch],
        'line-width': ['case', isState('selected'), 3.4, isState('marked'), 2.4, 0],
        'line-opacity': ['case', ['any', isState('selected'), isState('marked')], 1, 0],
      },
    },
    {
      id: 'microgrids-outline',
      type: 'line',
      source: 'microgrids',
      paint: {
        'line-color': DRAFT_COLOURS.taken,
        'line-width': ['case', isState('marked'), 2.4, 0],
        'line-opacity': ['case', isState('marked'), 1, 0],
      },
    },
  ];
}

function overlayLayers(): LayerSpecification[] {
  const kind = (name: string): ExpressionSpecification => ['==', ['get', 'kind'], name];
  return [
    {
      id: 'ground',
      type: 'fill',
      source: 'ground',
      paint: { 'fill-color': DRAFT_COLOURS.taken, 'fill-opacity': 0.5 },
    },
    {
      id: 'references',
      type: 'line',
      source: 'references',
      minzoom: 11,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': ['case', kind('river'), '#4d9fc7', kind('cliff'), '#7a5c3e', '#8d8577'],
        'line-width': ['case', kind('road'), 1.8, kind('river'), 2.2, 1.2],
        'line-opacity': 0.85,
      },
    },
    {
      id: 'today',
      type: 'line',
      source: 'today',
      paint: {
        'line-color': DRAFT_COLOURS.today,
        'line-width': width(0.8, 1.6),
        'line-dasharray': [2.5, 2],
        'line-opacity': 0.8,
      },
    },
    {
      id: 'candidate',
      type: 'line',
      source: 'candidate',
      paint: { 'line-color': DRAFT_COLOURS.candidate, 'line-width': 2.2, 'line-dasharray': [4, 1.5] },
    },
    {
      id: 'locks',
      type: 'line',
      source: 'locks',
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': DRAFT_COLOURS.locked, 'line-width': 4.5, 'line-dasharray': [0.1, 1.8] },
    },
  ];
}

function homeLayers(theme: MapTheme): LayerSpecification[] {
  return [
    {
      id: 'homes',
      type: 'circle',
      source: 'homes',
      minzoom: 12,
      paint: {
        'circle-radius': dot(1.2, 4.5),
        'circle-color': ['case', ['get', 'moved'], DRAFT_COLOURS.taken, theme.household],
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 12, 0, 14, 0.8],
        'circle-opacity': 0.85,
      },
    },
  ];
}

function labelLayers(theme: MapTheme): LayerSpecification[] {
  return [
    {
      id: 'labels',
      type: 'symbol',
      source: 'labels',
      minzoom: 10.5,
      layout: {
        'text-field': [
          'format',
          ['get', 'name'],
          { 'font-scale': 1 },
          '\n',
          {},
          ['get', 'value'],
          { 'font-scale': 1.1, 'text-font': ['literal', BOLD_FONTS] },
        ],
        'text-font': FONTS,
        'text-size': ['interpolate', ['linear'], ['zoom'], 10.5, 9.5, 15, 13],
        'text-padding': 3,
      },
      paint: { 'text-color': theme.text, 'text-halo-color': theme.textHalo, 'text-halo-width': 1.4 },
    },
    {
      id: 'problems',
      type: 'circle',
      source: 'problems',
      paint: {
        'circle-radius': 8,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': ['case', ['==', ['get', 'severity'], 'error'], '#c0162c', '#d98a00'],
        'circle-stroke-width': 3,
      },
    },
  ];
}

function sketchLayers(): LayerSpecification[] {
  const only = (kind: string): ExpressionSpecification => ['==', ['get', 'kind'], kind];
  return [
    {
      id: 'sketch-area',
      type: 'fill',
      source: 'sketch',
      filter: only('area'),
      paint: { 'fill-color': DRAFT_COLOURS.sketch, 'fill-opacity': 0.14 },
    },
    {
      id: 'sketch-area-line',
      type: 'line',
      source: 'sketch',
      filter: only('area'),
      paint: { 'line-color': DRAFT_COLOURS.sketch, 'line-width': 1.4, 'line-dasharray': [3, 2] },
    },
    {
      id: 'sketch-casing',
      type: 'line',
      source: 'sketch',
      filter: only('line'),
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': 5 },
    },
    {
      id: 'sketch-line',
      type: 'line',
      source: 'sketch',
      filter: only('line'),
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': DRAFT_COLOURS.sketch, 'line-width': 2.6 },
    },
    {
      id: 'taken',
      type: 'circle',
      source: 'taken',
      paint: {
        'circle-radius': dot(3, 6.5),
        'circle-color': DRAFT_COLOURS.taken,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'handles',
      type: 'circle',
      source: 'sketch',
      filter: ['in', ['get', 'kind'], ['literal', ['vertex', 'midpoint', 'picked']]],
      paint: {
        'circle-radius': ['match', ['get', 'kind'], 'vertex', 5, 'picked', 6, 3.6],
        'circle-color': ['match', ['get', 'kind'], 'picked', DRAFT_COLOURS.taken, '#ffffff'],
        'circle-stroke-color': DRAFT_COLOURS.sketch,
        'circle-stroke-width': ['match', ['get', 'kind'], 'vertex', 2, 'picked', 2, 1.2],
      },
    },
  ];
}
