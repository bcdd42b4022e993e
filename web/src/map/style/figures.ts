// The layers that carry figures: colours, hatching, hexagons and the borders that divide them.
import type { ExpressionSpecification, LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Level } from '../../api/types';
import type { Limits } from '../../metric/classes';
import { HEAT, NO_DATA, spread } from '../../metric/ramps';
import type { MapTheme } from '../theme';
import { HATCH, isOn, SOURCE_OF, when, type StyleOptions } from './common';

/** The metric's colours and hatching. Unseen when the colours are off, but still there to be clicked. */
export function figureLayers(
  level: Level,
  active: boolean,
  theme: MapTheme,
  options: StyleOptions,
): LayerSpecification[] {
  const seen = options.shown.includes('choropleth');
  const source = SOURCE_OF[level];
  return [
    {
      id: `fill-${level}`,
      type: 'fill',
      source,
      layout: when(active),
      paint: {
        'fill-color': ['to-color', ['feature-state', 'colour'], NO_DATA],
        'fill-opacity': seen ? theme.choroplethOpacity : 0,
        'fill-antialias': false,
      },
    },
    {
      id: `hatch-${level}`,
      type: 'fill',
      source,
      layout: when(active && seen),
      paint: {
        'fill-pattern': HATCH,
        'fill-opacity': ['case', ['boolean', ['feature-state', 'small'], false], 1, 0],
      },
    },
    {
      id: `border-${level}`,
      type: 'line',
      source,
      layout: when(active && seen),
      paint: { 'line-color': theme.casing, 'line-width': 0.6 },
    },
  ];
}

/** One colour a class of counts. */
export function hexagonColours(limits: Limits): string[] {
  return spread(HEAT, Math.max(1, limits.length - 1));
}

export function hexagonLayers(options: StyleOptions): LayerSpecification[] {
  const colours = hexagonColours(options.hexagonLimits);
  const inner = options.hexagonLimits.slice(1, -1);
  const first = colours[0] ?? HEAT[0];
  const colour: ExpressionSpecification | string =
    inner.length === 0
      ? first
      : ['step', ['get', 'count'], first, ...inner.flatMap((limit, k) => [limit, colours[k + 1] ?? first])];
  return [
    {
      id: 'hexagons',
      type: 'fill',
      source: 'hexagons',
      layout: isOn(options, 'hexagons'),
      paint: { 'fill-color': colour, 'fill-opacity': 0.82, 'fill-outline-color': 'rgba(255,255,255,0.7)' },
    },
  ];
}

export function borderLayers(theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  const width = (near: number, far: number): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['zoom'],
    10,
    far,
    15,
    near,
  ];
  const plainFigures = options.shown.includes('choropleth') || options.shown.includes('hexagons');
  const inner = plainFigures ? theme.gridLine : '#9aa8b5';
  return [
    {
      id: 'microgrids-line',
      type: 'line',
      source: 'microgrids',
      layout: isOn(options, 'microgrids'),
      minzoom: 10.5,
      paint: { 'line-color': inner, 'line-width': width(1, 0.4), 'line-dasharray': [3, 2] },
    },
    {
      id: 'grids-line',
      type: 'line',
      source: 'grids',
      layout: { 'line-join': 'round', ...isOn(options, 'grids') },
      paint: { 'line-color': inner, 'line-width': width(1.8, 0.7) },
    },
    {
      id: 'villages-line',
      type: 'line',
      source: 'villages',
      layout: { 'line-join': 'round', ...isOn(options, 'villages') },
      paint: { 'line-color': theme.villageLine, 'line-width': width(2.4, 1.1) },
    },
  ];
}

export function outlineLayers(level: Level, theme: MapTheme): LayerSpecification[] {
  const source = SOURCE_OF[level];
  const width = (selected: number, hover: number): ExpressionSpecification => [
    'case',
    ['boolean', ['feature-state', 'selected'], false],
    selected,
    ['boolean', ['feature-state', 'hover'], false],
    hover,
    0,
  ];
  const opacity: ExpressionSpecification = [
    'case',
    ['any', ['boolean', ['feature-state', 'selected'], false], ['boolean', ['feature-state', 'hover'], false]],
    1,
    0,
  ];
  const layout = { 'line-join': 'round' as const };
  return [
    {
      id: `casing-${level}`,
      type: 'line',
      source,
      layout,
      paint: { 'line-color': theme.casing, 'line-width': width(6.5, 4.5), 'line-opacity': opacity },
    },
    {
      id: `outline-${level}`,
      type: 'line',
      source,
      layout,
      paint: { 'line-color': theme.selected, 'line-width': width(3.2, 2), 'line-opacity': opacity },
    },
  ];
}
