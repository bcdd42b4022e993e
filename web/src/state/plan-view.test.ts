import { describe, expect, it } from 'vitest';
import { openPlan, parsePlan, writePlan, type PlanView } from './plan-view';
import { parseView, viewQuery } from './url';

const ID = '6f3c1c1e-0000-4000-8000-000000000001';
const written = (plan: PlanView): string => {
  const query = new URLSearchParams();
  writePlan(plan, query);
  return query.toString();
};

describe('the plan in a link', () => {
  it('comes back as it was', () => {
    const plans: PlanView[] = [
      { kind: 'none' },
      { kind: 'list' },
      openPlan(ID),
      { ...openPlan(ID), tool: 'brush', tab: 'compare', compare: 'version:3', colour: 'walk_min', swipe: true },
      { ...openPlan(ID), page: 'report', compare: `plan:${ID}@12` },
    ];
    for (const plan of plans) expect(parsePlan(new URLSearchParams(written(plan)))).toEqual(plan);
  });

  it('falls back where it is malformed', () => {
    expect(parsePlan(new URLSearchParams('plan=../x'))).toEqual({ kind: 'none' });
    const query = `plan=${ID}&tool=axe&tab=x&compare=version:three&colour=%3Cb%3E&swipe=yes`;
    expect(parsePlan(new URLSearchParams(query))).toEqual(openPlan(ID));
  });

  it('takes the report of a plan for no report on the map', () => {
    const view = parseView(`?plan=${ID}&report=1`);
    expect(view.plan).toMatchObject({ kind: 'open', page: 'report' });
    expect(view.selection).toEqual({ kind: 'none' });
    expect(parseView(viewQuery(view)).plan).toEqual(view.plan);
  });
});
