// What to change on a live map to get from one list of layers to the next.
import type { LayerSpecification } from '@maplibre/maplibre-gl-style-spec';

export type LayerChange =
  | { kind: 'paint'; layer: string; property: string; value: unknown }
  | { kind: 'layout'; layer: string; property: string; value: unknown };

type Properties = Record<string, unknown>;
const properties = (layer: LayerSpecification, part: 'paint' | 'layout'): Properties => ({ ...layer[part] });

/** Both lists have the same layers in the same order: only paint and layout ever differ (see `layers` in style.ts). */
export function layerChanges(
  before: readonly LayerSpecification[],
  after: readonly LayerSpecification[],
): LayerChange[] {
  const known = new Map(before.map((layer) => [layer.id, layer]));
  return after.flatMap((layer) => {
    const old = known.get(layer.id);
    if (!old) return [];
    return (['layout', 'paint'] as const).flatMap((kind) => {
      const [from, to] = [properties(old, kind), properties(layer, kind)];
      const names = new Set([...Object.keys(from), ...Object.keys(to)]);
      return [...names]
        .filter((property) => JSON.stringify(from[property]) !== JSON.stringify(to[property]))
        .map((property): LayerChange => ({ kind, layer: layer.id, property, value: to[property] }));
    });
  });
}
