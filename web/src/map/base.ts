// The base map under the grids: what the office configured, as sources and layers of the style.
import type { LayerSpecification, SourceSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { BaseMap } from '../api/types';
import type { MapTheme } from './theme';

/** A base map whose nature is known: raster tiles, or vector tiles with these layers. */
export type BaseSource =
  | { kind: 'none' }
  | { kind: 'raster'; tiles: string[][]; attribution: string; maxZoom: number }
  | { kind: 'raster-archive'; url: string; attribution: string }
  | { kind: 'vector-archive'; url: string; attribution: string; layers: string[] };

const TIANDITU_SERVERS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Tianditu in Web Mercator: the vector map and its Chinese labels, both as raster tiles. */
function tianditu(key: string): BaseSource {
  const sheet = (name: string) =>
    TIANDITU_SERVERS.map(
      (server) =>
        `https://t${server}.tianditu.gov.cn/DataServer?T=${name}&x={x}&y={y}&l={z}&tk=${encodeURIComponent(key)}`,
    );
  return { kind: 'raster', tiles: [sheet('vec_w'), sheet('cva_w')], attribution: '天地图', maxZoom: 18 };
}

/** What can be said without asking the archive itself; `layers` comes from a PMTiles archive's metadata, null if it is raster. */
export function baseSource(config: BaseMap | null, layers: string[] | null): BaseSource {
  if (config === null) return { kind: 'none' };
  switch (config.kind) {
    case 'tianditu':
      return tianditu(config.key);
    case 'xyz':
      return {
        kind: 'raster',
        tiles: [[config.url]],
        attribution: config.attribution ?? '',
        maxZoom: config.max_zoom ?? 19,
      };
    case 'pmtiles': {
      const archive = { url: config.url, attribution: config.attribution ?? '' };
      return layers === null ? { kind: 'raster-archive', ...archive } : { kind: 'vector-archive', ...archive, layers };
    }
  }
}

export function baseSources(base: BaseSource): Record<string, SourceSpecification> {
  switch (base.kind) {
    case 'none':
      return {};
    case 'raster':
      return Object.fromEntries(
        base.tiles.map((tiles, k) => [
          `base-${k}`,
          { type: 'raster', tiles, tileSize: 256, maxzoom: base.maxZoom, attribution: base.attribution },
        ]),
      );
    case 'raster-archive':
      return {
        'base-0': { type: 'raster', url: `pmtiles://${base.url}`, tileSize: 256, attribution: base.attribution },
      };
    case 'vector-archive':
      return { base: { type: 'vector', url: `pmtiles://${base.url}`, attribution: base.attribution } };
  }
}

export function baseLayers(base: BaseSource, theme: MapTheme, fonts: string[]): LayerSpecification[] {
  if (base.kind === 'none') return [];
  if (base.kind === 'vector-archive') return vectorLayers(base.layers, theme, fonts);
  return Object.keys(baseSources(base)).map((source) => ({ id: source, type: 'raster', source }));
}

/** Archives name their layers freely ("road", "roads", "transportation"): a layer is drawn by what its name says. */
const MEANINGS: readonly { pattern: RegExp; meaning: 'green' | 'water' | 'building' | 'road' | 'place' }[] = [
  { pattern: /land|park|forest|green/, meaning: 'green' },
  { pattern: /water|river|ocean/, meaning: 'water' },
  { pattern: /building/, meaning: 'building' },
  { pattern: /road|street|highway|transport(?!.*name)/, meaning: 'road' },
  { pattern: /place|settlement/, meaning: 'place' },
];

const ORDER = ['green', 'water', 'building', 'road', 'place'];

function vectorLayers(names: string[], theme: MapTheme, fonts: string[]): LayerSpecification[] {
  return names
    .flatMap((name) => {
      const meaning = MEANINGS.find(({ pattern }) => pattern.test(name.toLowerCase()))?.meaning;
      return meaning ? [{ name, meaning }] : [];
    })
    .sort((a, b) => ORDER.indexOf(a.meaning) - ORDER.indexOf(b.meaning))
    .flatMap(({ name, meaning }): LayerSpecification[] => {
      const common = { source: 'base', 'source-layer': name };
      if (meaning === 'place') {
        return [
          {
            id: `base-${name}`,
            type: 'symbol',
            ...common,
            filter: ['==', ['geometry-type'], 'Point'],
            layout: { 'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': 11 },
            paint: { 'text-color': theme.base.text, 'text-halo-color': theme.textHalo, 'text-halo-width': 1 },
          },
        ];
      }
      const colour = theme.base[meaning];
      return [
        {
          id: `base-${name}-fill`,
          type: 'fill',
          ...common,
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: { 'fill-color': colour },
        },
        {
          id: `base-${name}-line`,
          type: 'line',
          ...common,
          filter: ['==', ['geometry-type'], 'LineString'],
          paint: {
            'line-color': colour,
            'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, 0.4, 16, meaning === 'road' ? 5 : 2],
          },
        },
      ];
    });
}
