import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import type { BaseMap } from '../../api/types';
import { LAYERS } from '../../state/view';
import { baseSource } from '../base';
import { layerChanges } from '../diff';
import { THEMES, type ThemeName } from '../theme';
import { layers, reportGroup, style, type StyleOptions } from './index';

const TILES: BaseMap = { kind: 'pmtiles', url: '/base.pmtiles', attribution: null };
const BASES = {
  none: baseSource(null, null),
  xyz: baseSource(
    { kind: 'xyz', url: 'https://tiles.example/{z}/{x}/{y}.png', attribution: null, max_zoom: null },
    null,
  ),
  tianditu: baseSource({ kind: 'tianditu', key: 'k&y' }, null),
  raster: baseSource(TILES, null),
  vector: baseSource(TILES, ['place', 'road', 'waterway', 'building', 'landuse', 'admin']),
};

const OPTIONS: StyleOptions[] = [
  { shown: [], level: 'village', hexagonLimits: [] },
  { shown: ['choropleth', 'villages', 'grids'], level: 'grid', hexagonLimits: [1, 5, 9] },
  { shown: LAYERS, level: 'microgrid', hexagonLimits: [1, 2, 3, 4, 5, 6] },
];

const cases = Object.keys(THEMES).flatMap((theme) =>
  Object.keys(BASES).flatMap((base) => OPTIONS.map((options, k) => ({ theme: theme as ThemeName, base, options, k }))),
);

describe('style', () => {
  it.each(cases)('is valid: $theme over $base, options $k', ({ theme, base, options }) => {
    const made = style(BASES[base as keyof typeof BASES], THEMES[theme], options);
    expect(validateStyleMin(made).map((error) => error.message)).toEqual([]);
  });

  it('fetches nothing from elsewhere without a base map', () => {
    const [options] = OPTIONS;
    if (!options) throw new Error('no options');
    const made = style(BASES.none, THEMES.plain, options);
    expect(JSON.stringify(made)).not.toMatch(/https?:|glyphs|sprite/);
  });

  it('shows what is switched on and nothing else', () => {
    const visible = (options: StyleOptions) =>
      layers(BASES.none, THEMES.plain, options)
        .filter((layer) => layer.layout?.visibility === 'visible')
        .map((layer) => layer.id);
    expect(visible({ shown: ['reports'], level: 'grid', hexagonLimits: [] })).toEqual([
      'land',
      'fill-grid',
      'reports-faint',
      'reports-cluster',
      'reports-point',
      'reports-stack',
      'reports-count',
    ]);
  });
});

describe('layerChanges', () => {
  const build = (options: StyleOptions) => layers(BASES.none, THEMES.plain, options);

  it('is empty between equal lists', () => {
    for (const options of OPTIONS) expect(layerChanges(build(options), build(options))).toEqual([]);
  });

  it('leads from any list to any other', () => {
    for (const from of OPTIONS) {
      for (const to of OPTIONS) {
        const live = structuredClone(build(from));
        for (const change of layerChanges(live, build(to))) {
          const layer = live.find(({ id }) => id === change.layer);
          if (!layer) throw new Error(`no layer ${change.layer}`);
          Object.assign(layer, { [change.kind]: { ...layer[change.kind], [change.property]: change.value } });
        }
        expect(JSON.parse(JSON.stringify(live))).toEqual(JSON.parse(JSON.stringify(build(to))));
      }
    }
  });
});

describe('reportGroup', () => {
  it('knows who still has to act', () => {
    expect(['handling', 'reopened', 'archived', 'duplicate'].map(reportGroup)).toEqual([
      'open',
      'open',
      'closed',
      'discarded',
    ]);
  });
});
