import { metricTable } from './metrics.mjs';

const within = (place) => (micro) => micro === place || micro.parent === place || micro.parent.parent === place;
const ref = (p) => ({ id: p.id, code: p.code, name: p.name });
const OPEN = new Set(['with_leader', 'dispatched', 'handling', 'suspended']);

export function placeCard(db, place, isPublic) {
  const micros = db.microgrids.filter(within(place));
  const inside = new Set(micros);
  const homes = db.households.filter((h) => inside.has(h.micro));
  const phone = (name) =>
    `138${String(name.charCodeAt(0) * 7919 + name.charCodeAt(1))
      .slice(-8)
      .padStart(8, '0')}`;
  const post = (name, role) => ({
    name: isPublic ? null : name,
    phone: isPublic || role !== 'leader' ? null : phone(name),
    role,
    from: '2025-01-01',
    to: null,
  });
  const parts = { village: db.grids, grid: db.microgrids, microgrid: [] }[place.level].filter(
    (p) => p.parent === place,
  );
  const trend = (id) =>
    metricTable(db, id, { by: place.level, period: 'month' }, isPublic).rows.filter((row) => row.place === place.id);
  return {
    ...ref(place),
    level: place.level,
    kind: place.kind ?? null,
    area_m2: place.area_m2,
    parent: place.parent ? ref(place.parent) : null,
    version: 1,
    households: homes.length,
    persons: homes.reduce((sum, h) => sum + h.persons, 0),
    open_reports: isPublic ? null : db.reports.filter((r) => inside.has(r.micro) && OPEN.has(r.state)).length,
    leaders: micros.filter((m) => m.leader).map((m) => post(m.leader, 'leader')),
    workers: micros.flatMap((m) => m.workers.map((name) => post(name, 'worker'))),
    parts: parts.map(ref),
    squares: db.squares
      .filter((s) => inside.has(s.micro) || s.grid === place)
      .map((s) => ({
        id: s.id,
        name: s.name,
        area_m2: s.area_m2,
        evacuation_site: s.evacuation_site,
        facilities: s.facilities,
        working: s.facilities.filter((f) => f.status === 'working').length,
      })),
    trends: { visit_rate: trend('visit_rate'), events: trend('events'), submit_to_close: trend('submit_to_close') },
  };
}
