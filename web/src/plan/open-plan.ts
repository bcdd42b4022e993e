// The draft that the link names, and changes of how it is looked at.
import { computed, type ComputedRef } from 'vue';
import { openPlan, type OpenPlan } from '../state/plan-view';
import { change, view } from '../state/store';

export function useOpenPlan(): ComputedRef<OpenPlan> {
  return computed(() => (view.value.plan.kind === 'open' ? { ...view.value.plan } : openPlan('')));
}

/** Another tool or tab is no page to go back to. */
export function changePlan(part: Partial<Omit<OpenPlan, 'kind' | 'id'>>, step = false): void {
  const { plan } = view.value;
  if (plan.kind === 'open') change({ plan: { ...plan, ...part } }, step);
}
