// The tools by name, with the keys that choose them.
import type { ToolName } from '../../state/plan-view';
import { brush, create, lasso, rectangleTool } from './area';
import { border } from './border';
import { click } from './click';
import { redraw, split } from './line';
import { lock } from './lock';
import { merge } from './merge';
import { select } from './select';
import { run, type Runner } from './tool';
import { vertex } from './vertex';

export const TOOL_KEYS: Record<ToolName, string> = {
  select: 'V',
  border: 'B',
  vertex: 'E',
  brush: 'P',
  lasso: 'L',
  rectangle: 'R',
  click: 'C',
  split: 'S',
  merge: 'M',
  redraw: 'D',
  create: 'N',
  lock: 'K',
};

export const toolOfKey = (key: string): ToolName | null =>
  (Object.keys(TOOL_KEYS) as ToolName[]).find((name) => TOOL_KEYS[name] === key.toUpperCase()) ?? null;

const RUNNERS: Record<ToolName, () => Runner> = {
  select: () => run(select),
  border: () => run(border),
  vertex: () => run(vertex),
  brush: () => run(brush),
  lasso: () => run(lasso),
  rectangle: () => run(rectangleTool),
  click: () => run(click),
  split: () => run(split),
  merge: () => run(merge),
  redraw: () => run(redraw),
  create: () => run(create),
  lock: () => run(lock),
};

export const startTool = (name: ToolName): Runner => RUNNERS[name]();

/** Tools for which one of the grids has to be selected before they do anything. */
export const NEEDS_SELECTION: readonly ToolName[] = ['vertex', 'click'];
/** Tools whose radius can be changed. */
export const HAS_RADIUS: readonly ToolName[] = ['border', 'brush'];
