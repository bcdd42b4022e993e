// Maps as vector graphics: crisp in print, and drawn without WebGL.
import type { Position, Region } from '../../api/plan-types';
import type { Box } from '../geometry/planar';
import { scaleAt } from '../geometry/planar';

export interface Frame {
  width: number;
  height: number;
  /** Where a position is drawn. */
  at: (p: Position) => [x: number, y: number];
  /** Units of the drawing a kilometre. */
  km: number;
}

const MARGIN = 6;

/** Fits the box into the width, north up, equal scale both ways. */
export function frameOf([west, south, east, north]: Box, width: number): Frame {
  const scale = scaleAt((south + north) / 2);
  const [spanX, spanY] = [(east - west) * scale.x, (north - south) * scale.y];
  const factor = (width - 2 * MARGIN) / Math.max(spanX, 1);
  return {
    width,
    height: spanY * factor + 2 * MARGIN,
    at: ([lon, lat]) => [MARGIN + (lon - west) * scale.x * factor, MARGIN + (north - lat) * scale.y * factor],
    km: 1000 * factor,
  };
}

const tenth = (value: number): string => String(Math.round(value * 10) / 10);

/** The path of a region; points that fall on the last one drawn are left out. */
export function pathOf(region: Region, { at }: Frame): string {
  return region
    .flat()
    .map((ring) => {
      let last = '';
      const points = ring.flatMap((p) => {
        const [x, y] = at(p);
        const text = `${tenth(x)} ${tenth(y)}`;
        if (text === last) return [];
        last = text;
        return [text];
      });
      return points.length < 3 ? '' : `M${points.join('L')}Z`;
    })
    .join('');
}
