// The mock's subdivision: a fine lattice of quads, each of which belongs to one grid. Borders are coarse steps, but no edit
// can leave a gap or an overlap, which is all that the page needs of it.
import { edge } from '../geometry.mjs';

export function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

const keyOf = (x, y) => `${x},${y}`;

/** Coons patch over the four bent edges of a cell: neighbouring cells share the nodes of their common edge. */
function patch([i, j]) {
  const close = (points, end) => [...points, end];
  const [bottom, top] = [edge([i, j], [i + 1, j]), edge([i, j + 1], [i + 1, j + 1])];
  const [left, right] = [edge([i, j], [i, j + 1]), edge([i + 1, j], [i + 1, j + 1])];
  const corner = { ne: edge([i + 1, j + 1], [i + 2, j + 1])[0] };
  const B = close(bottom, right[0]);
  const T = close(top, corner.ne);
  const L = close(left, top[0]);
  const R = close(right, corner.ne);
  const n = bottom.length;
  const round = (value) => Math.round(value * 1e7) / 1e7;
  return Array.from({ length: n + 1 }, (_, t) =>
    Array.from({ length: n + 1 }, (_, s) => {
      if (t === 0) return B[s];
      if (t === n) return T[s];
      if (s === 0) return L[t];
      if (s === n) return R[t];
      const [u, v] = [s / n, t / n];
      return [0, 1].map((c) =>
        round(
          (1 - v) * B[s][c] +
            v * T[s][c] +
            (1 - u) * L[t][c] +
            u * R[t][c] -
            ((1 - u) * (1 - v) * B[0][c] + u * (1 - v) * B[n][c] + (1 - u) * v * T[0][c] + u * v * T[n][c]),
        ),
      );
    }),
  );
}

export function ground(db) {
  const nodes = [];
  const ids = new Map();
  const node = ([x, y]) => {
    const key = keyOf(x, y);
    let id = ids.get(key);
    if (id === undefined) {
      id = nodes.length;
      ids.set(key, id);
      nodes.push([x, y]);
    }
    return id;
  };
  const quads = [];
  for (const micro of db.microgrids) {
    micro.quads = [];
    const lattice = patch(micro.cell);
    const n = lattice.length - 1;
    for (let t = 0; t < n; t += 1) {
      for (let s = 0; s < n; s += 1) {
        const corners = [lattice[t][s], lattice[t][s + 1], lattice[t + 1][s + 1], lattice[t + 1][s]];
        const centre = [0, 1].map((c) => corners.reduce((sum, corner) => sum + corner[c], 0) / 4);
        micro.quads.push(quads.length);
        quads.push({ corners: corners.map(node), centre, micro, home: null });
      }
    }
  }
  const homesOf = groupBy(db.households, (home) => home.micro);
  const apart = (a, b) => ((a[0] - b[0]) * 0.87) ** 2 + (a[1] - b[1]) ** 2;
  const nearest = (at, items, where) =>
    items.reduce(
      (best, item) => (best === null || apart(at, where(item)) < apart(at, where(best)) ? item : best),
      null,
    );
  for (const micro of db.microgrids) {
    const homes = homesOf.get(micro) ?? [];
    for (const q of micro.quads) quads[q].home = nearest(quads[q].centre, homes, (home) => home.at);
    for (const home of homes) home.quad = nearest(home.at, micro.quads, (q) => quads[q].centre);
  }
  return { nodes, quads };
}

export function isInside([x, y], rings) {
  let inside = false;
  for (const ring of rings) {
    for (let k = 0, j = ring.length - 1; k < ring.length; j = k, k += 1) {
      const [[x1, y1], [x2, y2]] = [ring[k], ring[j]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

const signed = (ring) => ring.slice(1).reduce((sum, [x, y], k) => sum + (ring[k][0] * y - x * ring[k][1]) / 2, 0);

/** The outline of some quads: edges that two of them share cancel out, the rest is walked around. */
export function dissolve({ nodes, quads }, members, moved) {
  const edges = new Map();
  for (const q of members) {
    const { corners } = quads[q];
    for (let k = 0; k < 4; k += 1) {
      const [from, to] = [corners[k], corners[(k + 1) % 4]];
      const back = `${to}>${from}`;
      if (edges.has(back)) edges.delete(back);
      else edges.set(`${from}>${to}`, [from, to]);
    }
  }
  const next = new Map();
  for (const [from, to] of edges.values()) {
    if (next.has(from)) next.get(from).push(to);
    else next.set(from, [to]);
  }
  const rings = [];
  while (next.size > 0) {
    const [start] = next.keys();
    const ring = [start];
    let at = start;
    do {
      const ways = next.get(at);
      const to = ways.pop();
      if (ways.length === 0) next.delete(at);
      ring.push(to);
      at = to;
    } while (at !== start);
    rings.push(ring.map((id) => moved.get(id) ?? nodes[id]));
  }
  const outer = rings.filter((ring) => signed(ring) > 0).map((ring) => [ring]);
  for (const hole of rings.filter((ring) => signed(ring) <= 0)) {
    (outer.find(([ring]) => isInside(hole[0], [ring])) ?? outer[0])?.push(hole);
  }
  return { type: 'MultiPolygon', coordinates: outer };
}

export const areaOf = ({ coordinates }) =>
  coordinates.flat().reduce((sum, ring) => sum + signed(ring), 0) * 111320 * 97000;
export const perimeterOf = ({ coordinates }) =>
  coordinates
    .flat()
    .reduce(
      (sum, ring) =>
        sum +
        ring.slice(1).reduce((s, [x, y], k) => s + Math.hypot((x - ring[k][0]) * 97000, (y - ring[k][1]) * 111320), 0),
      0,
    );

/** On which side of a polyline a point lies, by its nearest segment. */
export function sideOf([x, y], line) {
  let best = { off: Infinity, side: 0 };
  for (let k = 0; k + 1 < line.length; k += 1) {
    const [[x1, y1], [x2, y2]] = [line[k], line[k + 1]];
    const [dx, dy] = [x2 - x1, y2 - y1];
    const t = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
    const off = Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
    if (off < best.off - 1e-12) best = { off, side: dx * (y - y1) - dy * (x - x1) };
  }
  return best.side > 0;
}
