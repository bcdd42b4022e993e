// Squares, points and names.
import type { ExpressionSpecification, LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { MapTheme } from '../theme';
import { BOLD_FONTS, dot, FONTS, isOn, SQUARE, type StyleOptions } from './common';

export function squareLayers(theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  return [
    {
      id: 'squares',
      type: 'fill',
      source: 'squares',
      layout: isOn(options, 'squares'),
      minzoom: 14,
      paint: { 'fill-color': theme.square, 'fill-opacity': 0.35, 'fill-outline-color': theme.square },
    },
    {
      id: 'squares-point',
      type: 'symbol',
      source: 'squares-labels',
      layout: {
        'icon-image': SQUARE,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.55, 15, 1],
        'icon-allow-overlap': true,
        ...isOn(options, 'squares'),
      },
      maxzoom: 15.5,
    },
  ];
}

export function pointLayers(theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  const byStatus: ExpressionSpecification = [
    'match',
    ['get', 'status'],
    'working',
    theme.working,
    'missing',
    theme.missing,
    theme.faulty,
  ];
  return [
    {
      id: 'households',
      type: 'circle',
      source: 'households',
      layout: isOn(options, 'households'),
      paint: {
        'circle-color': theme.household,
        'circle-radius': dot(1.4, 5),
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 11, 0.3, 15, 1],
      },
    },
    {
      id: 'facilities',
      type: 'circle',
      source: 'facilities',
      layout: isOn(options, 'facilities'),
      paint: {
        'circle-color': byStatus,
        'circle-radius': dot(2, 6),
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'devices',
      type: 'circle',
      source: 'devices',
      layout: isOn(options, 'devices'),
      paint: {
        'circle-color': '#ffffff',
        'circle-radius': dot(3, 6),
        'circle-stroke-color': byStatus,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/** Wide enough, in ems, for any name: names break between the place above and their own, never inside. */
const UNBROKEN = 30;

/** The name without that of the place above where that one is on the map itself. */
function nameWithin(named: boolean): ExpressionSpecification {
  if (named) return ['get', 'own'];
  return ['case', ['==', ['get', 'above'], ''], ['get', 'own'], ['concat', ['get', 'above'], '\n', ['get', 'own']]];
}

export function labelLayers(theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  const paint = { 'text-color': theme.text, 'text-halo-color': theme.textHalo, 'text-halo-width': 1.6 };
  return [
    {
      id: 'microgrids-label',
      type: 'symbol',
      source: 'microgrids-labels',
      minzoom: 14,
      layout: {
        'text-field': nameWithin(options.shown.includes('grids')),
        'text-font': FONTS,
        'text-size': 10.5,
        'text-max-width': UNBROKEN,
        ...isOn(options, 'microgrids'),
      },
      paint,
    },
    {
      id: 'grids-label',
      type: 'symbol',
      source: 'grids-labels',
      minzoom: 12.6,
      layout: {
        'text-field': nameWithin(options.shown.includes('villages')),
        'text-font': FONTS,
        'text-size': ['interpolate', ['linear'], ['zoom'], 12, 10.5, 15, 13],
        'text-max-width': UNBROKEN,
        ...isOn(options, 'grids'),
      },
      paint,
    },
    {
      id: 'villages-label',
      type: 'symbol',
      source: 'villages-labels',
      layout: {
        'text-field': ['get', 'name'],
        'text-font': BOLD_FONTS,
        'text-size': ['interpolate', ['linear'], ['zoom'], 10, 12, 14, 16],
        'text-letter-spacing': 0.08,
        ...isOn(options, 'villages'),
      },
      paint: { ...paint, 'text-halo-width': 2 },
    },
  ];
}
