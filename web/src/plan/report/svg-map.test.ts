import { describe, expect, it } from 'vitest';
import { square } from '../testing';
import { frameOf, pathOf } from './svg-map';

describe('a map as a drawing', () => {
  const frame = frameOf([110, 29, 110.1, 29.1], 400);

  it('fits the width, north up, at one scale', () => {
    const [west, north] = frame.at([110, 29.1]);
    const [east, south] = frame.at([110.1, 29]);
    expect([west, north]).toEqual([6, 6]);
    expect(east).toBeCloseTo(394, 6);
    expect(south).toBeCloseTo(frame.height - 6, 6);
    // A degree of latitude is longer here than one of longitude.
    expect(frame.height).toBeGreaterThan(400);
    expect(frame.km).toBeCloseTo((388 / (0.1 * 111_320 * Math.cos((29.05 * Math.PI) / 180))) * 1000, 6);
  });

  it('closes every ring and leaves out what is too small to be seen', () => {
    expect(pathOf([square(110.02, 29.02, 0.05)], frame)).toMatch(/^M[\d. L]+Z$/);
    expect(pathOf([square(110.02, 29.02, 1e-7)], frame)).toBe('');
  });
});
