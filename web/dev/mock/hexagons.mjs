import { collection, inMonths } from './layers.mjs';

/** A plain hexagonal lattice instead of H3: the shape of the answer is the same. */
export function hexagons(db, query, isPublic) {
  const size = 0.0125 / 2.6 ** (Number(query.resolution ?? 9) - 8);
  const [dx, dy] = [size * Math.sqrt(3), size * 1.5];
  const squash = Math.cos((29.35 * Math.PI) / 180);
  const counts = new Map();
  for (const r of db.reports.filter(inMonths(query))) {
    if (query.kind && r.category !== query.kind) continue;
    const y = Math.round(r.at[1] / dy);
    const shift = y % 2 ? 0.5 : 0;
    const x = Math.round((r.at[0] * squash) / dx - shift);
    const key = `${x}:${y}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const features = [];
  for (const [key, count] of counts) {
    if (isPublic && count < 5) continue;
    const [x, y] = key.split(':').map(Number);
    const centre = [(x + (y % 2 ? 0.5 : 0)) * dx, y * dy];
    const ring = Array.from({ length: 7 }, (_, k) => {
      const angle = ((k % 6) * 60 + 30) * (Math.PI / 180);
      return [(centre[0] + size * Math.cos(angle)) / squash, centre[1] + size * Math.sin(angle)];
    });
    const id = `89${x.toString(16)}${y.toString(16)}`;
    features.push({
      type: 'Feature',
      id,
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: { cell: id, count: isPublic ? Math.round(count / 5) * 5 : count },
    });
  }
  return collection(features);
}
