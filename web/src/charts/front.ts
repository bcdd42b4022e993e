// The options of the chart of a balancing's front: pure, so that what is drawn can be tested without a canvas.
import type { EChartsCoreOption } from 'echarts/core';
import type { Candidate } from '../api/plan-types';

export interface FrontWords {
  imbalance: string;
  moved: string;
  travel: string;
  compactness: string;
}

const INK = '#64748a';
const LINE = '#e3e9ee';

const percent = (value: number): string => `${String(Math.round(value * 1000) / 10)}%`;

/** Imbalance against the share of households moved, coloured by the way to walk; the chosen one is ringed. */
export function frontOption(
  front: readonly Candidate[],
  curve: readonly { moved: number; imbalance: number }[],
  chosen: string | null,
  words: FrontWords,
): EChartsCoreOption {
  const travel = front.map(({ travel_m }) => travel_m);
  const axis = (name: string, nameGap: number) => ({
    type: 'value' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap,
    scale: true,
    min: 0,
    nameTextStyle: { color: INK, fontSize: 11 },
    axisLabel: { color: INK, fontSize: 10.5, formatter: percent },
    splitLine: { lineStyle: { color: LINE } },
  });
  return {
    animation: false,
    grid: { left: 44, right: 14, top: 12, bottom: 62 },
    textStyle: { fontFamily: 'inherit' },
    tooltip: {
      trigger: 'item',
      confine: true,
      padding: [5, 9],
      textStyle: { fontSize: 12 },
      formatter: ({ dataIndex, seriesType }: { dataIndex: number; seriesType: string }) =>
        seriesType === 'scatter' ? tooltip(front[dataIndex], words) : '',
    },
    visualMap: {
      show: front.length > 1,
      type: 'continuous',
      dimension: 2,
      seriesIndex: 1,
      min: Math.min(...travel, Infinity),
      max: Math.max(...travel, -Infinity),
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemWidth: 10,
      itemHeight: 110,
      text: [`${words.travel} +`, '−'],
      textStyle: { color: INK, fontSize: 10.5 },
      inRange: { color: ['#2c7fb8', '#7fcdbb', '#fdae61', '#d7301f'] },
    },
    xAxis: axis(words.moved, 22),
    yAxis: axis(words.imbalance, 34),
    series: [
      {
        type: 'line',
        data: curve.map(({ moved, imbalance }) => [moved, imbalance]),
        symbol: 'none',
        silent: true,
        lineStyle: { color: '#9fb0bc', width: 1.4 },
      },
      {
        type: 'scatter',
        data: front.map(({ id, moved_share, imbalance, travel_m }) => ({
          value: [moved_share, imbalance, travel_m],
          symbolSize: id === chosen ? 20 : 13,
          itemStyle:
            id === chosen ? { borderColor: '#0b1f33', borderWidth: 3 } : { borderColor: '#fff', borderWidth: 1 },
        })),
      },
    ],
  };
}

function tooltip(candidate: Candidate | undefined, words: FrontWords): string {
  if (!candidate) return '';
  const { imbalance, moved_share, moved_households, travel_m, mean_polsby_popper } = candidate;
  return [
    `${words.imbalance} <b>${percent(imbalance)}</b>`,
    `${words.moved} <b>${percent(moved_share)}</b> (${String(moved_households)})`,
    `${words.travel} ${String(Math.round(travel_m))} m`,
    ...(mean_polsby_popper === undefined ? [] : [`${words.compactness} ${mean_polsby_popper.toFixed(3)}`]),
  ].join('<br>');
}
