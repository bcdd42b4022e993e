// The options of a trend chart: pure, so that what is drawn can be tested without a canvas.
import type { EChartsCoreOption } from 'echarts/core';
import type { MetricRow, Unit } from '../api/types';
import { formatLimit, formatMonth, formatN, formatValue } from '../format/format';
import { NO_ROW } from '../metric/rows';
import { isSmall } from '../metric/scale';
import type { Locale } from '../i18n/translate';

export interface TrendStyle {
  kind: 'line' | 'bar';
  unit: Unit;
  colour: string;
}

const INK = '#64748a';
const LINE = '#e3e9ee';

/** One row for each month: those without a row have no figure. Charts of a card share their axis by it. */
export function everyMonth(rows: readonly MetricRow[], months: readonly string[]): MetricRow[] {
  const known = new Map(rows.map((row) => [row.period, row]));
  return months.map((period) => known.get(period) ?? { ...NO_ROW, period });
}

/** Figures over fewer cases are drawn hollow. */
const FIRM_N = 5;

/** A marked month is the one that the page shows. */
export function trendOption(
  rows: readonly MetricRow[],
  { kind, unit, colour }: TrendStyle,
  locale: Locale,
  marked: string | null,
): EChartsCoreOption {
  const show = (value: number) => formatValue(value, unit, locale);
  const scale = axisScale(rows, unit);
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 10, bottom: 2, containLabel: true },
    textStyle: { fontFamily: 'inherit' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      borderWidth: 0,
      padding: [5, 9],
      textStyle: { fontSize: 12 },
      formatter: (points: { dataIndex: number }[]) => tooltip(rows[points[0]?.dataIndex ?? -1], show, locale),
    },
    xAxis: {
      type: 'category',
      data: rows.map((row) => row.period),
      boundaryGap: kind === 'bar',
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK, fontSize: 10.5, interval: labelInterval(rows.length), formatter: shortMonth },
    },
    yAxis: {
      type: 'value',
      ...scale,
      splitNumber: 3,
      axisLabel: {
        color: INK,
        fontSize: 10.5,
        formatter: (value: number) => (value === 0 ? '0' : formatLimit(value, unit, locale)),
      },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: kind === 'bar' ? [bars(rows, colour, marked)] : lines(rows, colour, marked),
  };
}

/** Rates end at 100 %; axes of durations and counts start at zero. */
function axisScale(
  rows: readonly MetricRow[],
  unit: Unit,
): { min?: number; max?: number; interval?: number; minInterval?: number } {
  if (unit === 'ratio') {
    const low = Math.min(...rows.map((row) => row.low ?? row.value ?? 1));
    return low > 0.5 ? { min: 0.5, max: 1, interval: 0.25 } : { min: 0, max: 1, interval: 0.5 };
  }
  if (unit !== 'seconds') return { min: 0, minInterval: 1 };
  const high = Math.max(
    0,
    ...rows.map((row) => row.value ?? 0),
    ...rows.map((row) => row.high ?? 0).filter(Number.isFinite),
  );
  // Whole days or hours on the axis rather than round seconds.
  const step = high > 3 * 86_400 ? 86_400 : 3600;
  const interval = Math.max(step, Math.ceil(high / 3 / step) * step);
  return { min: 0, max: interval * Math.max(1, Math.ceil(high / interval)), interval };
}

const labelInterval = (count: number): number => Math.max(0, Math.ceil(count / 5) - 1);

const shortMonth = (period: string): string => period.slice(2).replace('-', '/');

function tooltip(row: MetricRow | undefined, show: (value: number) => string, locale: Locale): string {
  if (!row) return '';
  const value = row.value === null ? '–' : show(row.value);
  const interval = row.low !== null && row.high !== null ? ` (${show(row.low)} – ${show(row.high)})` : '';
  return `${formatMonth(row.period, locale)}<br><b>${value}</b>${interval}<br>n = ${formatN(row.n, locale)}`;
}

function bars(rows: readonly MetricRow[], colour: string, marked: string | null): object {
  return {
    type: 'bar',
    barWidth: '62%',
    data: rows.map((row) => ({
      value: row.value,
      itemStyle: { color: colour, opacity: marked === null || row.period === marked ? 1 : 0.55 },
    })),
  };
}

function lines(rows: readonly MetricRow[], colour: string, marked: string | null): object[] {
  const band = { type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, smooth: false };
  const whole = rows.map((row) => row.value !== null && row.low !== null && row.high !== null);
  return [
    { ...band, data: rows.map((row, k) => (whole[k] ? row.low : null)) },
    {
      ...band,
      areaStyle: { color: colour, opacity: 0.16 },
      data: rows.map((row, k) => (whole[k] && row.high !== null && row.low !== null ? row.high - row.low : null)),
    },
    {
      type: 'line',
      data: rows.map((row) => ({
        value: row.value,
        itemStyle: isSmall(row, FIRM_N)
          ? { color: '#ffffff', borderColor: colour, borderWidth: 1.4 }
          : { color: colour },
      })),
      symbol: 'circle',
      symbolSize: (_value: unknown, point: { dataIndex: number }) => symbolSize(rows[point.dataIndex], marked),
      lineStyle: { color: colour, width: 2 },
    },
  ];
}

/** Months that stand alone have no line to show them. */
function symbolSize(row: MetricRow | undefined, marked: string | null): number {
  if (row?.period === marked) return 8;
  return row !== undefined && isSmall(row, FIRM_N) ? 5 : 3.5;
}
