// Reports: single points by state, clusters and stacks by how many of them are open, and faint ones outside the chosen place.
import type { ExpressionSpecification, LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { MapTheme } from '../theme';
import { BOLD_FONTS, dot, isOn, type StyleOptions } from './common';

const OPEN_STATES = [
  'submitted',
  'with_leader',
  'self_handled',
  'escalated',
  'accepted',
  'dispatched',
  'returned',
  'handling',
  'suspended',
  'extended',
  'handled',
  'verified',
  'rework',
  'unsatisfied',
  'reopened',
];
const DISCARDED_STATES = ['void', 'duplicate', 'rejected'];

export type ReportGroup = 'open' | 'closed' | 'discarded';

export function reportGroup(state: string): ReportGroup {
  if (OPEN_STATES.includes(state)) return 'open';
  return DISCARDED_STATES.includes(state) ? 'discarded' : 'closed';
}

/** Whether a report's state asks somebody to act. */
export const isOpen: ExpressionSpecification = ['in', ['get', 'state'], ['literal', OPEN_STATES]];

/** The colour of several reports in one mark, by how many of them are open. */
const colourOfMany = (theme: MapTheme, open: string, count: string): ExpressionSpecification => [
  'case',
  ['==', ['get', open], 0],
  theme.reportClosed,
  ['<', ['*', 2, ['get', open]], ['get', count]],
  theme.reportMixed,
  theme.reportOpen,
];

const colourOfOne = (theme: MapTheme): ExpressionSpecification => [
  'case',
  isOpen,
  theme.reportOpen,
  ['in', ['get', 'state'], ['literal', DISCARDED_STATES]],
  theme.reportDiscarded,
  theme.reportClosed,
];

const isCluster: ExpressionSpecification = ['has', 'point_count'];
/** Several reports at one position (see `stacked`): clusters of the map would part at the next zoom, these never do. */
const isStack: ExpressionSpecification = ['has', 'stack'];
const isUnder: ExpressionSpecification = ['has', 'under'];

const radiusOfMany = (count: string): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['sqrt', ['get', count]],
  1,
  10,
  20,
  26,
];

export function reportLayers(theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  const layout = isOn(options, 'reports');
  return [
    {
      id: 'reports-faint',
      type: 'circle',
      source: 'reports-faint',
      layout,
      paint: { 'circle-color': colourOfOne(theme), 'circle-radius': dot(1.5, 4), 'circle-opacity': 0.3 },
    },
    {
      id: 'reports-cluster',
      type: 'circle',
      source: 'reports',
      filter: isCluster,
      layout,
      paint: {
        'circle-color': colourOfMany(theme, 'open', 'point_count'),
        'circle-radius': radiusOfMany('point_count'),
        'circle-opacity': 0.9,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'reports-point',
      type: 'circle',
      source: 'reports',
      filter: ['all', ['!', isCluster], ['!', isStack], ['!', isUnder]],
      layout,
      paint: {
        'circle-color': colourOfOne(theme),
        'circle-radius': dot(4, 7.5),
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'reports-stack',
      type: 'circle',
      source: 'reports',
      filter: ['all', ['!', isCluster], isStack],
      layout,
      paint: {
        'circle-color': colourOfMany(theme, 'stack_open', 'stack'),
        'circle-radius': radiusOfMany('stack'),
        'circle-opacity': 0.9,
        // A second ring: more than one, and no zooming parts them.
        'circle-stroke-color': theme.selected,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'reports-count',
      type: 'symbol',
      source: 'reports',
      filter: ['any', isCluster, isStack],
      layout: {
        'text-field': ['to-string', ['coalesce', ['get', 'point_count'], ['get', 'stack']]],
        'text-font': BOLD_FONTS,
        'text-size': 11.5,
        'text-allow-overlap': true,
        ...layout,
      },
      paint: { 'text-color': '#ffffff' },
    },
  ];
}
