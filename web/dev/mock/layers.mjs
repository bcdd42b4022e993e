const layer = (name, zh, en, geometry, isPublic) => ({ name, zh, en, geometry, public: isPublic });

export const LAYERS = [
  layer('villages', '村社区', 'villages', 'MultiPolygon', true),
  layer('grids', '网格', 'grids', 'MultiPolygon', true),
  layer('microgrids', '微网格', 'micro-grids', 'MultiPolygon', true),
  layer('squares', '小广场', 'squares', 'MultiPolygon', true),
  layer('facilities', '设施', 'facilities', 'Point', true),
  layer('households', '住户', 'households', 'Point', false),
  layer('devices', '设备', 'devices', 'Point', false),
  layer('reports', '上报', 'reports', 'Point', true),
];

export const collection = (features) => ({ type: 'FeatureCollection', features });
const feature = (id, geometry, properties) => ({ type: 'Feature', id, geometry, properties: { id, ...properties } });
const point = (coordinates) => ({ type: 'Point', coordinates });

const cell = (value) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
export const csv = (keys, rows) =>
  `${[keys.join(','), ...rows.map((row) => keys.map((key) => cell(row[key])).join(','))].join('\r\n')}\r\n`;

export const inMonths = (query) => (record) =>
  (!query.from || record.month >= query.from) && (!query.to || record.month <= query.to);

function report(r, isPublic) {
  const snap = (x) => Math.round(x * 1000) / 1000;
  const micro = r.micro;
  const rest = {
    source: `WG${r.id.slice(1).padStart(6, '0')}`,
    channel: r.channel,
    closed_at: r.closed && new Date(r.closed).toISOString(),
    village: micro.parent.parent.id,
    grid: micro.parent.id,
    microgrid: micro.id,
    placement: 'inside',
    border_m: 41.5,
    version: 1,
  };
  return feature(r.id, point(isPublic ? r.at.map(snap) : r.at), {
    category: r.category,
    state: r.state,
    submitted_at: new Date(r.submitted).toISOString().slice(0, isPublic ? 10 : undefined),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, isPublic ? null : value])),
  });
}

export function layerFeatures(db, name, query, isPublic) {
  const common = (p) => ({
    code: p.code,
    scheme: 'cn-grid-15',
    name: p.name,
    area_m2: p.area_m2,
    version: 1,
    valid_from: '2024-01-01',
  });
  switch (name) {
    case 'villages':
      return db.villages.map((v) => feature(v.id, v.shape, common(v)));
    case 'grids':
      return db.grids.map((g) =>
        feature(g.id, g.shape, { ...common(g), kind: g.kind, village: g.parent.id, village_name: g.parent.name }),
      );
    case 'microgrids':
      return db.microgrids.map((m) =>
        feature(m.id, m.shape, { ...common(m), grid: m.parent.id, grid_name: m.parent.name }),
      );
    case 'squares':
      return db.squares.map((s) => {
        const working = s.facilities.filter((f) => f.status === 'working').length;
        const { name: square, area_m2, evacuation_site } = s;
        return feature(s.id, s.shape, {
          name: square,
          grid: s.grid.id,
          microgrid: s.micro.id,
          area_m2,
          evacuation_site,
          working,
        });
      });
    case 'facilities':
      return db.squares.flatMap((s) =>
        s.facilities.map((f, k) => {
          const angle = (k / 7) * 2 * Math.PI;
          const at = [s.at[0] + Math.cos(angle) * s.size * 0.7, s.at[1] + Math.sin(angle) * s.size * 0.55];
          return feature(`${s.id}f${k}`, point(at), { square: s.id, kind: f.kind, status: f.status });
        }),
      );
    case 'households':
      return db.households.map((h) =>
        feature(h.id, point(h.at), {
          persons: h.persons,
          village: h.micro.parent.parent.id,
          grid: h.micro.parent.id,
          microgrid: h.micro.id,
          status: 'inside',
          border_m: 30,
        }),
      );
    case 'devices':
      return db.devices.map((d) =>
        feature(d.id, point(d.at), { kind: d.kind, status: d.status, last_seen: '2026-10-31T11:58:00.000Z' }),
      );
    default:
      return db.reports
        .filter(inMonths(query))
        .filter((r) => !query.kind || r.category === query.kind)
        .slice(0, query.limit ? Number(query.limit) : undefined)
        .map((r) => report(r, isPublic));
  }
}
