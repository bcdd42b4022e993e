// Seeded records over the made-up subdistrict, 24 months long.
import { places, pointIn, random } from './geometry.mjs';

export const MONTHS = Array.from({ length: 24 }, (_, k) => {
  const month = 10 + k;
  return `${2024 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
});
export const AS_OF = Date.UTC(2026, 9, 31, 12);
export const REPORT_KINDS = ['垃圾', '路灯', '道路', '排水', '噪音', '邻里纠纷', '旅游服务', '消防隐患'];
const KIND_SHARE = [0.26, 0.18, 0.16, 0.12, 0.1, 0.08, 0.06, 0.04];
export const FACILITIES = [
  ['flag', '党旗', 'Party flag'],
  ['party_group', '党小组', 'Party group'],
  ['volunteers', '志愿队伍', 'volunteer team'],
  ['keeper', '管理员', 'keeper'],
  ['display', '电子显示屏', 'display'],
  ['broadcast', '广播', 'broadcast'],
  ['camera', '监控', 'camera'],
];

function pick(next, items, shares) {
  let rest = next();
  for (let k = 0; k < items.length; k += 1) {
    rest -= shares[k];
    if (rest < 0) return items[k];
  }
  return items[items.length - 1];
}

const monthStart = (month) => Date.parse(`${month}-01T00:00:00+08:00`);

function squareAround([x, y], size) {
  const ring = [
    [x - size, y - size * 0.8],
    [x + size, y - size * 0.8],
    [x + size, y + size * 0.8],
    [x - size, y + size * 0.8],
  ];
  ring.push(ring[0]);
  return { type: 'MultiPolygon', coordinates: [[ring]] };
}

function households(tree, next) {
  const out = [];
  for (const micro of tree.microgrids) {
    const size = 6 + Math.floor(next() * 9);
    micro.quality = 0.62 + next() * 0.36;
    micro.vacant = next() < 0.05;
    for (let k = 0; k < size; k += 1) {
      out.push({ id: `h${out.length}`, at: pointIn(micro.shape, next), persons: 1 + Math.floor(next() * 6), micro });
    }
  }
  return out;
}

function visits(homes, next) {
  const out = [];
  MONTHS.forEach((month, t) => {
    for (const home of homes) {
      const mood = home.micro.quality + 0.06 * Math.sin(t / 3.7) + 0.004 * t - (month.endsWith('-02') ? 0.18 : 0);
      const luck = next();
      const outcome = luck < mood ? 'visited' : luck < mood + 0.09 ? 'absent' : luck < mood + 0.11 ? 'refused' : null;
      out.push({ month, micro: home.micro, outcome });
    }
  });
  return out;
}

function reports(tree, next) {
  const out = [];
  const heat = tree.microgrids.map((m) => 0.25 + next() ** 3 * 3 + (m.parent.parent.name.includes('社区') ? 0.7 : 0));
  MONTHS.forEach((month, t) => {
    const season = 1 + 0.35 * Math.sin(((t - 2) / 12) * 2 * Math.PI);
    tree.microgrids.forEach((micro, m) => {
      const expected = heat[m] * season * 1.7;
      const count = Math.floor(expected) + (next() < expected % 1 ? 1 : 0);
      for (let k = 0; k < count; k += 1) {
        const submitted = monthStart(month) + next() * 29 * 86400e3;
        const days = Math.exp(0.4 + 1.1 * (next() + next() + next() - 1.5)) * (1.6 - micro.quality) * 3;
        const closed = submitted + days * 86400e3;
        const isOpen = closed > AS_OF;
        const state = isOpen
          ? pick(next, ['with_leader', 'dispatched', 'handling', 'suspended'], [0.3, 0.3, 0.3, 0.1])
          : pick(next, ['archived', 'closed', 'feedback_sent', 'duplicate', 'void'], [0.6, 0.15, 0.15, 0.06, 0.04]);
        out.push({
          id: `r${out.length}`,
          micro,
          month,
          category: pick(next, REPORT_KINDS, KIND_SHARE),
          channel: pick(next, ['qr', 'call', 'app'], [0.6, 0.2, 0.2]),
          state,
          submitted,
          closed: isOpen ? null : closed,
          days,
          at: pointIn(micro.shape, next),
        });
      }
    });
  });
  return out;
}

function squares(tree, next) {
  return tree.grids
    .filter((grid) => grid.kind === 'house_yard' || grid.kind === 'estate')
    .map((grid, k) => {
      const micro = tree.microgrids.find((m) => m.parent === grid);
      const size = 0.00018 + next() * 0.0002;
      const state = () => (next() < 0.86 ? 'working' : next() < 0.6 ? 'faulty' : 'missing');
      return {
        id: `s${k}`,
        name: `${grid.name.replace('网格', '')}小广场`,
        grid,
        micro,
        at: pointIn(micro.shape, next),
        size,
        area_m2: Math.round(size * size * 3.2 * 111320 * 97000),
        evacuation_site: next() < 0.6,
        facilities: FACILITIES.map(([kind, zh, en]) => ({ kind, zh, en, status: state() })),
        get shape() {
          return squareAround(this.at, this.size);
        },
      };
    });
}

const SURNAMES = '王李张刘陈杨赵黄周吴覃向田彭';
const GIVEN = ['建国', '桂芳', '志强', '秀英', '家友', '明霞', '光辉', '小兰', '世平', '春梅'];
export const personName = (next) =>
  SURNAMES[Math.floor(next() * SURNAMES.length)] + GIVEN[Math.floor(next() * GIVEN.length)];

export function records() {
  const next = random(20261101);
  const tree = places();
  const homes = households(tree, next);
  const devices = Array.from({ length: 40 }, (_, k) => ({
    id: `d${k}`,
    at: pointIn(tree.microgrids[Math.floor(next() * tree.microgrids.length)].shape, next),
    kind: ['camera', 'display', 'broadcast'][k % 3],
    status: next() < 0.85 ? 'working' : 'faulty',
  }));
  for (const micro of tree.microgrids) {
    micro.leader = micro.vacant ? null : personName(next);
    micro.workers = [personName(next), personName(next)];
  }
  return {
    ...tree,
    versions: [{ number: 1, valid_from: '2024-01-01', published_at: '2024-01-01T00:00:00.000Z', note: '' }],
    changes: 1,
    households: homes,
    devices,
    squares: squares(tree, next),
    visits: visits(homes, next),
    reports: reports(tree, next),
  };
}
