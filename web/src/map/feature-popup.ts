// What a popup says about a feature of a layer.
import type { Feature } from 'geojson';
import type { Area } from '../api/types';
import { formatArea, formatDay, formatDuration, formatInstant } from '../format/format';
import type { Locale, Words } from '../i18n';
import { choiceList, factList } from './popup';
import { reportGroup } from './style/reports';

type Fact = readonly [label: string, value: string];
type Texts = Pick<Words, 't' | 'word'> & { locale: { value: Locale } };

const textOf = (feature: Feature, name: string): string | null => {
  const value: unknown = feature.properties?.[name];
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : null;
};
const fact = (label: string, value: string | null): Fact[] => (value === null ? [] : [[label, value]]);

/** What is known of a report. What the viewer is not told is null, and left out. */
export function reportFacts(feature: Feature, words: Texts, area: Area): Fact[] {
  const { t, word, locale } = words;
  const text = (name: string) => textOf(feature, name);
  const instant = (value: string) => formatInstant(value, area.zone, locale.value);
  const [submitted, closed] = [text('submitted_at'), text('closed_at')];
  const [state, channel] = [text('state'), text('channel')];
  // The public is not told when a report was closed, and not every report without a closing is open.
  const stillOpen = state !== null && reportGroup(state) === 'open' ? t('report.open') : null;
  const elapsed =
    submitted !== null && closed !== null
      ? formatDuration((Date.parse(closed) - Date.parse(submitted)) / 1000, locale.value)
      : null;
  return [
    ...fact(t('report.state'), state === null ? null : word('state', state)),
    ...fact(t('report.text'), text('text')),
    ...fact(t('report.address'), text('address')),
    ...fact(t('report.submitted'), submitted === null ? null : instant(submitted)),
    ...fact(t('report.closed'), closed === null ? stillOpen : instant(closed)),
    ...fact(t('report.elapsed'), elapsed),
    ...fact(t('report.channel'), channel === null ? null : word('channel', channel)),
    ...fact(t('card.code'), text('source')),
    ...(area.viewer === 'public' ? fact('', t('report.coarse')) : []),
  ];
}

/** Several reports at one position, each to be picked. */
export function stackPopup(
  reports: readonly Feature[],
  { t, word, locale }: Words,
  area: Area,
  pick: (id: string) => void,
): HTMLElement {
  const title = t(area.viewer === 'public' ? 'report.stack.coarse' : 'report.stack', { n: reports.length });
  const choices = reports.map((report) => {
    const [submitted, state] = [textOf(report, 'submitted_at'), textOf(report, 'state')];
    const aside = [
      state === null ? null : word('state', state),
      submitted === null ? null : formatDay(submitted, area.zone, locale.value),
    ];
    return {
      id: textOf(report, 'id') ?? '',
      text: textOf(report, 'category') ?? t('report.title'),
      aside: aside.filter((part) => part !== null).join(' · '),
    };
  });
  return choiceList(title, choices, pick);
}

export function featurePopup(layer: string, feature: Feature, words: Words, area: Area): HTMLElement {
  const { t, word, locale } = words;
  const text = (name: string) => textOf(feature, name);
  switch (layer) {
    case 'reports-point':
      return factList(text('category') ?? t('report.title'), reportFacts(feature, words, area));
    case 'households':
      return factList(t('point.household'), fact(t('card.persons'), text('persons')));
    case 'squares':
    case 'squares-point': {
      const [size, working] = [text('area_m2'), text('working')];
      return factList(text('name') ?? '', [
        ...fact(t('card.area'), size === null ? null : formatArea(Number(size), locale.value)),
        ...fact(t('layers.facilities'), working === null ? null : t('card.working', { working })),
        ...(feature.properties?.['evacuation_site'] === true ? fact('', t('card.evacuation')) : []),
      ]);
    }
    default: {
      const [kind, status, seen] = [text('kind'), text('status'), text('last_seen')];
      return factList(kind === null ? '' : word('facility', kind), [
        ...fact(t('report.state'), status === null ? null : word('card.status', status)),
        ...fact(t('device.seen'), seen === null ? null : formatInstant(seen, area.zone, locale.value)),
      ]);
    }
  }
}
