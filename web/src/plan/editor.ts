// What the panels of the editor share: the draft, what is selected, and what they ask of the map.
import { inject, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue';
import type { FeatureCollection } from 'geojson';
import type { Area, Metric } from '../api/types';
import type { Position } from '../api/plan-types';
import type { Session } from './session/session';
import type { Proposal } from './tools/tool';

export interface Editor {
  area: ComputedRef<Area>;
  catalogue: ComputedRef<Metric[]>;
  session: Session;
  selected: Ref<string | null>;
  /** A proposal of a panel whose row the pointer is on: its households are shown and it is priced. */
  hinted: ShallowRef<Proposal | null>;
  /** Borders of a candidate of the balancing. */
  candidate: ShallowRef<FeatureCollection | null>;
  /** Ground that differs from what the draft is compared with. */
  ground: ShallowRef<FeatureCollection | null>;
  zoomTo: (ids: readonly string[]) => void;
  goTo: (at: Position) => void;
}

export const EDITOR: InjectionKey<Editor> = Symbol('editor');

export function useEditor(): Editor {
  const editor = inject(EDITOR);
  if (!editor) throw new Error('a panel of the editor stands outside of it');
  return editor;
}
