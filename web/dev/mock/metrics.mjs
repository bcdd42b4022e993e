// Metric rows by the contract; the numbers are plausible, the statistics simplified.
import { AS_OF, MONTHS } from './data.mjs';

const metric = (id, group, zh, en, unit, higher_is, definition_zh, definition_en) => ({
  id,
  group,
  zh,
  en,
  unit,
  by: ['village', 'grid', 'microgrid', 'worker'],
  periods: ['month', 'week', 'day', 'all'],
  higher_is,
  definition_zh,
  definition_en,
});

export const CATALOGUE = [
  metric(
    'visit_rate',
    'coverage',
    '走访率',
    'Visit rate',
    'ratio',
    'better',
    '当月12日至月末走访到的户数 ÷ 应走访户数；外出与拒访留在分母。',
    'Households visited from the 12th to the end of the month over those eligible; absent and refused stay in the denominator.',
  ),
  metric(
    'attempt_rate',
    'coverage',
    '上门率',
    'Attempt rate',
    'ratio',
    'better',
    '（走访到＋外出＋拒访）÷ 应走访户数。',
    '(Visited + absent + refused) over eligible households.',
  ),
  metric(
    'leader_filled',
    'coverage',
    '网格长在岗率',
    'Leader posts filled',
    'ratio',
    'better',
    '恰有一名在岗网格长的微网格 ÷ 全部微网格。',
    'Micro-grids with exactly one active leader over all.',
  ),
  metric(
    'facilities_working',
    'coverage',
    '设施完好率',
    'Facilities working',
    'ratio',
    'better',
    '小广场七项设施中正常的数量 ÷ 应有数量。',
    'Working facilities of the squares over those expected (seven each).',
  ),
  metric(
    'workload',
    'workload',
    '人均负荷',
    'Workload',
    'events_per_worker_day',
    'neutral',
    '（加权事件＋走访＋巡查）÷ 在岗工日。',
    '(Weighted events + visits + patrols) over worker-days on post.',
  ),
  metric(
    'events',
    'workload',
    '事件数',
    'Reports',
    'count',
    'neutral',
    '期内提交的上报数量。',
    'Reports submitted in the period.',
  ),
  metric(
    'visits',
    'workload',
    '走访次数',
    'Visits',
    'count',
    'neutral',
    '期内完成的走访次数。',
    'Visits made in the period.',
  ),
  metric(
    'submit_to_close',
    'response',
    '提交到结案',
    'Submit to close',
    'seconds',
    'worse',
    '提交到结案的 Kaplan–Meier 中位时长；未结案件按截止时刻删失。',
    'Kaplan–Meier median from submission to closing; open reports are censored.',
  ),
  metric(
    'first_action',
    'response',
    '首次响应',
    'First action',
    'seconds',
    'worse',
    '提交到他人首次处理的中位时长。',
    'Median from submission to the first action by anyone but the reporter.',
  ),
  metric(
    'closure_rate',
    'response',
    '结案率',
    'Closure rate',
    'ratio',
    'better',
    '已结案 ÷ 应结案。',
    'Closed over due.',
  ),
];

function wilson(k, n) {
  if (n === 0) return [null, null];
  const z = 1.959964;
  const p = k / n;
  const mid = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [Math.max(0, mid - half), Math.min(1, mid + half)];
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

const placeOf = (micro, by) =>
  by === 'microgrid' || by === 'worker' ? micro : by === 'grid' ? micro.parent : micro.parent.parent;

const isOut = (report) => report.state === 'void' || report.state === 'duplicate';

function rate(k, n) {
  const [low, high] = wilson(k, n);
  return { value: n ? k / n : null, reason: n ? null : 'no_data', numerator: k, denominator: n, n, low, high };
}

function median(seconds, excluded) {
  const sorted = seconds.toSorted((a, b) => a - b);
  const n = sorted.length;
  const spread = n ? 0.9 / Math.sqrt(n) : 0;
  return {
    value: n ? quantile(sorted, 0.5) : null,
    reason: n ? null : 'no_data',
    numerator: null,
    denominator: null,
    n,
    low: n ? quantile(sorted, Math.max(0, 0.5 - spread)) : null,
    high: n && 0.5 + spread < 1 ? quantile(sorted, 0.5 + spread) : null,
    p90: n ? quantile(sorted, 0.9) : null,
    closed_median_raw: n ? quantile(sorted, 0.48) : null,
    excluded,
  };
}

const poisson = (k) => [Math.max(0, k - 1.96 * Math.sqrt(k)), k + 1.96 * Math.sqrt(k) + 1.9];

function measure(id, cell) {
  const { visits, reports, micros, squares } = cell;
  const out = { void: 0, duplicate: 0, rejected: 0, negative: 0 };
  for (const report of reports) if (isOut(report)) out[report.state] += 1;
  const kept = reports.filter((report) => !isOut(report));
  const visited = visits.filter((v) => v.outcome === 'visited').length;
  switch (id) {
    case 'visit_rate':
      return rate(visited, visits.length);
    case 'attempt_rate':
      return rate(visits.filter((v) => v.outcome).length, visits.length);
    case 'leader_filled':
      return rate(micros.filter((m) => m.leader).length, micros.length);
    case 'facilities_working': {
      const all = squares.flatMap((s) => s.facilities);
      return rate(all.filter((f) => f.status === 'working').length, all.length);
    }
    case 'closure_rate':
      return rate(kept.filter((r) => r.closed).length, kept.length);
    case 'events':
    case 'visits': {
      const count = id === 'events' ? reports.length : visited;
      const [low, high] = poisson(count);
      return { value: count, reason: null, numerator: count, denominator: null, n: count, low, high };
    }
    case 'workload': {
      const days = micros.length * 3 * 30 * cell.months;
      const count = reports.length + visited;
      const [low, high] = poisson(count).map((k) => k / days);
      return { value: count / days, reason: null, numerator: count, denominator: days, n: count, low, high };
    }
    default: {
      const part = id === 'first_action' ? 0.12 : 1;
      return median(
        kept.map((r) => Math.min(r.days * 86400 * part, (AS_OF - r.submitted) / 1000)),
        out,
      );
    }
  }
}

const EMPTY = { value: null, reason: null, numerator: null, denominator: null, n: 0, low: null, high: null };

function shrink(rows) {
  const rated = rows.filter((row) => row.denominator);
  const sum = (f) => rated.reduce((total, row) => total + f(row), 0);
  const n = sum((r) => r.denominator);
  const m = n ? sum((r) => r.numerator) / n : 0;
  const s2 = n ? sum((r) => r.denominator * (r.value - m) ** 2) / n : 0;
  const a = Math.max(0, s2 - (m * (1 - m)) / (n / Math.max(1, rated.length)));
  for (const row of rated) {
    const weight = a + (m * (1 - m)) / row.denominator;
    row.shrunken = weight > 0 ? m + (a / weight) * (row.value - m) : m;
  }
}

function balance(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const mean = sorted.reduce((a, b) => a + b, 0) / n;
  if (!mean) return null;
  const gini = sorted.reduce((sum, x, k) => sum + (2 * (k + 1) - n - 1) * x, 0) / (n * n * mean);
  const cv = Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n) / mean;
  return { gini, cv, max_mean: sorted[n - 1] / mean, n };
}

/** `query`: by, period, from, to, kind. */
export function metricTable(db, id, query, isPublic) {
  const { unit } = CATALOGUE.find((m) => m.id === id);
  const by = query.by ?? 'grid';
  const inside = MONTHS.filter((m) => (!query.from || m >= query.from) && (!query.to || m <= query.to));
  const periods = query.period === 'all' ? ['all'] : inside;
  const wanted = new Set(inside);
  const cells = new Map();
  const cell = (key) => {
    if (!cells.has(key)) {
      cells.set(key, {
        visits: [],
        reports: [],
        micros: [],
        squares: [],
        months: query.period === 'all' ? inside.length : 1,
      });
    }
    return cells.get(key);
  };
  const periodOf = (month) => (query.period === 'all' ? 'all' : month);
  const put = (list, record) => {
    if (!wanted.has(record.month)) return;
    if (list === 'reports' && query.kind && record.category !== query.kind) return;
    const period = periodOf(record.month);
    cell(`${placeOf(record.micro, by).id}|${period}`)[list].push(record);
    cell(`|${period}`)[list].push(record);
  };
  for (const visit of db.visits) put('visits', visit);
  for (const report of db.reports) put('reports', report);
  for (const period of periods) {
    for (const micro of db.microgrids) {
      cell(`${placeOf(micro, by).id}|${period}`).micros.push(micro);
      cell(`|${period}`).micros.push(micro);
    }
    for (const square of db.squares) {
      cell(`${placeOf(square.micro, by).id}|${period}`).squares.push(square);
      cell(`|${period}`).squares.push(square);
    }
  }
  const hide = (row) =>
    isPublic && row.n < 5
      ? {
          ...row,
          value: null,
          numerator: null,
          low: null,
          high: null,
          p90: null,
          closed_median_raw: null,
          shrunken: null,
          reason: 'small_n',
        }
      : row;
  const list = { village: db.villages, grid: db.grids, microgrid: db.microgrids, worker: db.microgrids }[by];
  const rows = list
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .flatMap((place) =>
      periods.map((period) => ({
        place: place.id,
        code: place.code,
        name: place.name,
        period,
        ...EMPTY,
        p90: null,
        closed_median_raw: null,
        shrunken: null,
        ...measure(id, cell(`${place.id}|${period}`)),
      })),
    );
  if (unit === 'ratio') for (const period of periods) shrink(rows.filter((row) => row.period === period));
  const total = periods.map((period) => ({
    place: null,
    code: '',
    name: '',
    period,
    ...EMPTY,
    p90: null,
    closed_median_raw: null,
    shrunken: null,
    ...measure(id, cell(`|${period}`)),
  }));
  const lastValues = rows.filter((row) => row.period === periods.at(-1)).map((row) => row.value ?? 0);
  return {
    metric: id,
    by,
    period: query.period ?? 'month',
    unit,
    rows: rows.map(hide),
    total,
    balance: id === 'workload' ? balance(lastValues) : null,
  };
}
