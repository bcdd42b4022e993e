// Reports: single points by state, clusters by how many of them are open.
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

export function reportLayers(theme: MapTheme, options: StyleOptions): LayerSpecification[] {
  const layout = isOn(options, 'reports');
  return [
    {
      id: 'reports-cluster',
      type: 'circle',
      source: 'reports',
      filter: ['has', 'point_count'],
      layout,
      paint: {
        'circle-color': [
          'case',
          ['==', ['get', 'open'], 0],
          theme.reportClosed,
          ['<', ['*', 2, ['get', 'open']], ['get', 'point_count']],
          theme.reportMixed,
          theme.reportOpen,
        ],
        'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'point_count']], 1, 10, 20, 26],
        'circle-opacity': 0.9,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'reports-count',
      type: 'symbol',
      source: 'reports',
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['to-string', ['get', 'point_count']],
        'text-font': BOLD_FONTS,
        'text-size': 11.5,
        'text-allow-overlap': true,
        ...layout,
      },
      paint: { 'text-color': '#ffffff' },
    },
    {
      id: 'reports-point',
      type: 'circle',
      source: 'reports',
      filter: ['!', ['has', 'point_count']],
      layout,
      paint: {
        'circle-color': [
          'case',
          isOpen,
          theme.reportOpen,
          ['in', ['get', 'state'], ['literal', DISCARDED_STATES]],
          theme.reportDiscarded,
          theme.reportClosed,
        ],
        'circle-radius': dot(4, 7.5),
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.5,
      },
    },
  ];
}
