// What a popup says about a feature of a layer.
import type { Feature } from 'geojson';
import type { Area } from '../api/types';
import { formatArea, formatDuration, formatInstant } from '../format/format';
import type { Locale, Words } from '../i18n';
import { factList } from './popup';
import { reportGroup } from './style/reports';

type Fact = readonly [label: string, value: string];
type Texts = Pick<Words, 't' | 'word'> & { locale: { value: Locale } };

export function featurePopup(layer: string, feature: Feature, words: Texts, area: Area): HTMLElement {
  const { title, facts } = featureFacts(layer, feature, words, area);
  return factList(title, facts);
}

/** A title and what is known: what the viewer is not told is null, and left out. */
export function featureFacts(
  layer: string,
  feature: Feature,
  words: Texts,
  area: Area,
): { title: string; facts: readonly Fact[] } {
  const { t, word, locale } = words;
  const text = (name: string): string | null => {
    const value: unknown = feature.properties?.[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const of = (title: string, facts: readonly Fact[]) => ({ title, facts });
  const fact = (label: string, value: string | null): Fact[] => (value === null ? [] : [[label, value]]);
  switch (layer) {
    case 'reports-point': {
      const [submitted, closed] = [text('submitted_at'), text('closed_at')];
      const instant = (value: string) => formatInstant(value, area.zone, locale.value);
      const [state, channel] = [text('state'), text('channel')];
      // The public is not told when a report was closed, and not every report without a closing is open.
      const stillOpen = state !== null && reportGroup(state) === 'open' ? t('report.open') : null;
      const elapsed =
        submitted !== null && closed !== null
          ? formatDuration((Date.parse(closed) - Date.parse(submitted)) / 1000, locale.value)
          : null;
      return of(text('category') ?? t('report.title'), [
        ...fact(t('report.state'), state === null ? null : word('state', state)),
        ...fact(t('report.submitted'), submitted === null ? null : instant(submitted)),
        ...fact(t('report.closed'), closed === null ? stillOpen : instant(closed)),
        ...fact(t('report.elapsed'), elapsed),
        ...fact(t('report.channel'), channel === null ? null : word('channel', channel)),
        ...fact(t('card.code'), text('source')),
        ...(area.viewer === 'public' ? fact('', t('report.coarse')) : []),
      ]);
    }
    case 'households':
      return of(t('point.household'), fact(t('card.persons'), text('persons')));
    case 'squares':
    case 'squares-point': {
      const [size, working] = [text('area_m2'), text('working')];
      return of(text('name') ?? '', [
        ...fact(t('card.area'), size === null ? null : formatArea(Number(size), locale.value)),
        ...fact(t('layers.facilities'), working === null ? null : t('card.working', { working })),
        ...(feature.properties?.['evacuation_site'] === true ? fact('', t('card.evacuation')) : []),
      ]);
    }
    default: {
      const [kind, status, seen] = [text('kind'), text('status'), text('last_seen')];
      return of(kind === null ? '' : word('facility', kind), [
        ...fact(t('report.state'), status === null ? null : word('card.status', status)),
        ...fact(t('device.seen'), seen === null ? null : formatInstant(seen, area.zone, locale.value)),
      ]);
    }
  }
}
