// A made-up subdistrict: a warped lattice cut into villages, grids and micro-grids that share their borders exactly.

export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const WEST = 110.475;
const SOUTH = 29.31;
/** Villages of six grids of two cells each; `depth`: how often an edge is bent between two corners. */
const SIZE = { across: 3, down: 3, depth: 4 };
const CELLS = { across: 6, down: 2 };
let [COLUMNS, ROWS, WIDTH, HEIGHT] = [18, 6, 0.155, 0.083];

const round = (value) => Math.round(value * 1e7) / 1e7;

const nodes = new Map();
function node(i, j) {
  const key = `${i},${j}`;
  if (!nodes.has(key)) {
    const next = random(i * 977 + j * 131 + 7);
    const u = i / COLUMNS;
    const v = j / ROWS;
    // Cells are small in the valley (the middle) and large in the mountains.
    const squeeze = (t) => t + 0.085 * Math.sin(2 * Math.PI * t);
    const bulge = 0.012 * Math.sin(Math.PI * u * 2.3 + 0.4) + 0.006 * Math.sin(9 * u);
    nodes.set(key, [
      WEST + WIDTH * squeeze(u) + 0.012 * Math.sin(3 * v + 1) + (next() - 0.5) * 0.0034,
      SOUTH + HEIGHT * squeeze(v) + bulge * (v + 0.2) + (next() - 0.5) * 0.0046,
    ]);
  }
  return nodes.get(key);
}

/** A larger subdistrict, for measurements. To be called before `places`. */
export function enlarge(across, down, depth) {
  Object.assign(SIZE, { across, down, depth });
  [COLUMNS, ROWS] = [across * CELLS.across, down * CELLS.down];
  [WIDTH, HEIGHT] = [(0.155 * across) / 3, (0.083 * down) / 3];
}

/** The points of an edge from a (included) to b (excluded), the same in both directions. */
export function edge([ai, aj], [bi, bj]) {
  const forward = ai < bi || aj < bj;
  const [from, to] = forward ? [node(ai, aj), node(bi, bj)] : [node(bi, bj), node(ai, aj)];
  const next = random((Math.min(ai, bi) * 4001 + Math.min(aj, bj) * 59 + (ai === bi ? 1 : 2)) * 31);
  let line = [from, to];
  for (let depth = 0; depth < SIZE.depth; depth += 1) {
    line = line.flatMap((p, k) => {
      const q = line[k + 1];
      if (!q) return [p];
      const offset = (next() - 0.5) * 0.32;
      return [p, [(p[0] + q[0]) / 2 - (q[1] - p[1]) * offset, (p[1] + q[1]) / 2 + (q[0] - p[0]) * offset]];
    });
  }
  if (!forward) line.reverse();
  return line.slice(0, -1).map(([x, y]) => [round(x), round(y)]);
}

/** The outline of the cells i0..i1 × j0..j1, counter-clockwise. */
function block(i0, j0, i1, j1) {
  const ring = [];
  for (let i = i0; i < i1; i += 1) ring.push(...edge([i, j0], [i + 1, j0]));
  for (let j = j0; j < j1; j += 1) ring.push(...edge([i1, j], [i1, j + 1]));
  for (let i = i1; i > i0; i -= 1) ring.push(...edge([i, j1], [i - 1, j1]));
  for (let j = j1; j > j0; j -= 1) ring.push(...edge([i0, j], [i0, j - 1]));
  ring.push(ring[0]);
  return { type: 'MultiPolygon', coordinates: [[ring]] };
}

export function area({ coordinates }) {
  const ring = coordinates[0][0];
  const lat = (ring[0][1] * Math.PI) / 180;
  let sum = 0;
  for (let k = 0; k + 1 < ring.length; k += 1) sum += ring[k][0] * ring[k + 1][1] - ring[k + 1][0] * ring[k][1];
  return Math.round(Math.abs(sum / 2) * 111320 * 110574 * Math.cos(lat) * 10) / 10;
}

export function pointIn({ coordinates }, next) {
  const ring = coordinates[0][0];
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  const [w, e, s, n] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  for (;;) {
    // The mean of three draws: people live away from the borders.
    const x = w + ((next() + next() + next()) / 3) * (e - w);
    const y = s + ((next() + next() + next()) / 3) * (n - s);
    let inside = false;
    for (let k = 0; k + 1 < ring.length; k += 1) {
      const [[x1, y1], [x2, y2]] = [ring[k], ring[k + 1]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
    if (inside) return [round(x), round(y)];
  }
}

const VILLAGES = [
  ['田富村', '208'],
  ['双星村', '206'],
  ['金杜村', '203'],
  ['黄龙路社区', '011'],
  ['迎宾路社区', '007'],
  ['喻家嘴社区', '008'],
  ['文丰路社区', '009'],
  ['白虎堂社区', '010'],
  ['双文村', '209'],
];
const PLACES = ['老屋场', '桥头', '水井边', '岩门', '竹园', '沙坪'];
const KINDS = ['house_yard', 'house_yard', 'estate', 'house_yard', 'institution', 'scenic'];

export function places() {
  const villages = [];
  const grids = [];
  const microgrids = [];
  for (let v = 0; v < SIZE.across * SIZE.down; v += 1) {
    const [first, number] = VILLAGES[v % VILLAGES.length];
    const round = Math.floor(v / VILLAGES.length);
    const name = round === 0 ? first : `${first.replace(/村|社区/, '')}${round}${/村|社区/.exec(first)[0]}`;
    const serial = round === 0 ? number : String(300 + v);
    const [i0, j0] = [(v % SIZE.across) * CELLS.across, Math.floor(v / SIZE.across) * CELLS.down];
    const village = {
      id: `v${v}`,
      level: 'village',
      code: `430811001${serial}`,
      name,
      shape: block(i0, j0, i0 + 6, j0 + 2),
    };
    villages.push(village);
    for (let g = 0; g < 6; g += 1) {
      const [gi, gj] = [i0 + (g % 3) * 2, j0 + Math.floor(g / 3)];
      const code = `${village.code}${String(g + 1).padStart(3, '0')}`;
      const kind = KINDS[(g + v) % 6];
      const short = name.replace(/社区|村|路/g, '');
      const grid = {
        id: `${village.id}g${g}`,
        level: 'grid',
        code,
        name: `${short}${PLACES[g]}网格`,
        kind,
        parent: village,
      };
      grid.shape = block(gi, gj, gi + 2, gj + 1);
      grids.push(grid);
      for (let m = 0; m < 2; m += 1) {
        microgrids.push({
          id: `${grid.id}m${m}`,
          level: 'microgrid',
          code: `${code}${String(m + 1).padStart(2, '0')}`,
          name: `${short}${PLACES[g]}${'东西'[1 - m]}微网格`,
          parent: grid,
          cell: [gi + m, gj],
          shape: block(gi + m, gj, gi + m + 1, gj + 1),
        });
      }
    }
  }
  for (const place of [...villages, ...grids, ...microgrids]) place.area_m2 = area(place.shape);
  return { villages, grids, microgrids };
}
