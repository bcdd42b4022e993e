// Line icons of the tools on a 24 × 24 field.
import type { ToolName } from '../../state/plan-view';

export const TOOL_ICONS: Record<ToolName, readonly string[]> = {
  select: ['M6 4l12 7-5.5 1.6L10 19z'],
  border: ['M12 3v18', 'M4 12h4', 'M6 9.500 3.500 12 6 14.500', 'M20 12h-4', 'M18 9.500l2.500 2.500-2.500 2.500'],
  vertex: ['M5 18 10 7l9 4', 'M3.500 16.500h3v3h-3z', 'M8.500 5.500h3v3h-3z', 'M17.500 9.500h3v3h-3z'],
  brush: ['M14 6l4 4-7 7c-1.500 1.500-5 2-6 2 0-1 .5-4.500 2-6z', 'M16 4l4 4'],
  lasso: ['M12 5c5 0 8 2.200 8 5s-3 5-8 5-8-2.200-8-5 3-5 8-5z', 'M7 14c-1.500 1-1 3 .5 3S9 19 7 20.500'],
  rectangle: ['M4 6h16v12H4z'],
  click: ['M5 11l7-6 7 6v8H5z', 'M10 19v-5h4v5'],
  split: ['M4 5h16v14H4z', 'M14 3 10 21'],
  merge: ['M4 5h7v14H4z', 'M13 5h7v14h-7z', 'M8 12h8', 'M13.500 9.500 16 12l-2.500 2.500'],
  redraw: ['M3 17c4-10 6 4 10-5 2-4 5-5 8-4', 'M16 18l4-1-1-4'],
  create: ['M12 7v10', 'M7 12h10', 'M4 4h16v16H4z'],
  lock: ['M6 11h12v9H6z', 'M8.500 11V8a3.500 3.500 0 0 1 7 0v3'],
};
