// What the page shows: everything that a link must hold.
import type { Level } from '../api/types';
import type { Sort } from '../metric/rank';
import type { Locale } from '../i18n/translate';
import { NO_PLAN, type PlanView } from './plan-view';

/** How many months one figure covers; all but `all` end at the chosen month. */
export const WINDOWS = ['month', 'm3', 'm12', 'all'] as const;
export type Window = (typeof WINDOWS)[number];

export type Selection = { kind: 'none' } | { kind: 'place'; id: string } | { kind: 'report'; id: string };

/** The layers of the map, from the bottom up. */
export const LAYERS = [
  'base',
  'choropleth',
  'hexagons',
  'villages',
  'grids',
  'microgrids',
  'squares',
  'facilities',
  'households',
  'devices',
  'reports',
] as const;
export type LayerName = (typeof LAYERS)[number];

export interface Camera {
  lng: number;
  lat: number;
  zoom: number;
}

/** Whom the table ranks: the places on the map, or the people who work in them. */
export type Subject = 'places' | 'workers';

export interface View {
  /** Null until the data say which there are figures for. */
  metric: string | null;
  level: Level;
  window: Window;
  /** Whether somebody chose the window. If nobody did, the page widens it until most places have a firm figure. */
  windowNamed: boolean;
  /** The local month "2026-10"; null: the latest that is over. */
  month: string | null;
  /** The kind of report that the figures, points and hexagons are restricted to. */
  kind: string | null;
  clock: 'wall' | 'working';
  rate: 'raw' | 'shrunken';
  classing: 'quantile' | 'natural';
  ranking: Subject;
  /** Null: the worst first. */
  sort: Sort | null;
  /** What the ranking is searched for. */
  search: string;
  layers: readonly LayerName[];
  selection: Selection;
  locale: Locale;
  /** Null: fit to the area. */
  camera: Camera | null;
  plan: PlanView;
}

export const DEFAULT_VIEW: View = {
  metric: null,
  level: 'grid',
  window: 'month',
  windowNamed: false,
  month: null,
  kind: null,
  clock: 'wall',
  rate: 'raw',
  classing: 'quantile',
  ranking: 'places',
  sort: null,
  search: '',
  layers: ['base', 'choropleth', 'villages', 'grids'],
  selection: { kind: 'none' },
  locale: 'zh',
  camera: null,
  plan: NO_PLAN,
};

export function withLayer(layers: readonly LayerName[], layer: LayerName, shown: boolean): LayerName[] {
  return LAYERS.filter((name) => (name === layer ? shown : layers.includes(name)));
}
