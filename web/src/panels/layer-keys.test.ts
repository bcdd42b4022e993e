import { describe, expect, it } from 'vitest';
import { keyedLayers } from './layer-keys';

const readable = ['villages', 'grids', 'microgrids', 'reports'].map((name) => ({ name }));

describe('keyedLayers', () => {
  it('are those on the map that need a key', () => {
    expect(keyedLayers(['base', 'choropleth', 'hexagons', 'villages', 'microgrids'], readable)).toEqual([
      'hexagons',
      'microgrids',
    ]);
  });

  it('leave out what the viewer may not read', () => {
    expect(keyedLayers(['households', 'devices', 'reports'], readable)).toEqual(['reports']);
    expect(keyedLayers(['hexagons'], [])).toEqual([]);
  });
});
