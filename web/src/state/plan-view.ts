// What a link says about the planner: which draft is open, with which tool, beside what it is compared.

/** The planner's tools in the order of the palette. */
export const TOOL_NAMES = [
  'select',
  'border',
  'vertex',
  'brush',
  'lasso',
  'rectangle',
  'click',
  'split',
  'merge',
  'redraw',
  'create',
  'lock',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

export const PLAN_TABS = ['overview', 'grids', 'problems', 'history', 'balance', 'moves', 'compare', 'review'] as const;
export type PlanTab = (typeof PLAN_TABS)[number];

export type PlanView =
  | { kind: 'none' }
  /** The list of drafts, to choose one or to found one. */
  | { kind: 'list' }
  | {
      kind: 'open';
      id: string;
      page: 'edit' | 'report';
      tool: ToolName;
      tab: PlanTab;
      /** What stands on the other side of the comparison: "version:3", "plan:ID", "plan:ID@SEQ". */
      compare: string | null;
      /** What the grids are coloured by. */
      colour: string;
      /** Whether today's map is drawn beside the draft, parted by a slider. */
      swipe: boolean;
    };
export type OpenPlan = Extract<PlanView, { kind: 'open' }>;

export const NO_PLAN: PlanView = { kind: 'none' };
export const LIST = 'list';
export const DEFAULT_COLOUR = 'workload';

export const openPlan = (id: string): OpenPlan => ({
  kind: 'open',
  id,
  page: 'edit',
  tool: 'select',
  tab: 'overview',
  compare: null,
  colour: DEFAULT_COLOUR,
  swipe: false,
});

const ID = /^[\w-]{1,64}$/;
const SPEC = /^(version:\d+|plan:[\w-]{1,64}(@\d+)?)$/;

export function parsePlan(query: URLSearchParams): PlanView {
  const id = query.get('plan');
  if (id === LIST) return { kind: 'list' };
  if (id === null || !ID.test(id)) return NO_PLAN;
  const compare = query.get('compare');
  const colour = query.get('colour');
  return {
    kind: 'open',
    id,
    page: query.get('report') === '1' ? 'report' : 'edit',
    tool: TOOL_NAMES.find((name) => name === query.get('tool')) ?? 'select',
    tab: PLAN_TABS.find((name) => name === query.get('tab')) ?? 'overview',
    compare: compare !== null && SPEC.test(compare) ? compare : null,
    colour: colour !== null && /^[a-z0-9_:]+$/.test(colour) ? colour : DEFAULT_COLOUR,
    swipe: query.get('swipe') === '1',
  };
}

export function writePlan(plan: PlanView, query: URLSearchParams): void {
  if (plan.kind === 'none') return;
  if (plan.kind === 'list') {
    query.set('plan', LIST);
    return;
  }
  query.set('plan', plan.id);
  if (plan.page === 'report') query.set('report', '1');
  if (plan.tool !== 'select') query.set('tool', plan.tool);
  if (plan.tab !== 'overview') query.set('tab', plan.tab);
  if (plan.compare !== null) query.set('compare', plan.compare);
  if (plan.colour !== DEFAULT_COLOUR) query.set('colour', plan.colour);
  if (plan.swipe) query.set('swipe', '1');
}
