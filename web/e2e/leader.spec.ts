// What a leader does: choose a figure and a month, read it, click a grid, pass the link on.
import { readFile } from 'node:fs/promises';
import type { FeatureCollection, MultiPolygon } from 'geojson';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Area, Metric, MetricRow, MetricTable, PlaceCard } from '../src/api/types';
import { boundsOf, labelPoint } from '../src/map/geometry';
import { settled } from './browser.mjs';
import { api, BASE, choose, colourAt, number, pixelOf, startBrowser, stopBrowser, test, visit } from './page';

let area: Area;
let catalogue: Metric[];

beforeAll(async () => {
  await startBrowser();
  [area, catalogue] = await Promise.all([api<Area>('/api/v1/area'), api<Metric[]>('/api/v1/metrics')]);
});
afterAll(stopBrowser);

const label = (id: string): string => {
  const found = catalogue.find((metric) => metric.id === id);
  if (!found) throw new Error(`no metric ${id}`);
  return found.zh;
};

const monthTable = (metric: string, by: string, month: string): Promise<MetricTable> =>
  api(`/api/v1/metrics/${metric}?by=${by}&period=month&from=${month}&to=${month}`);

async function tableRows(page: Page): Promise<{ place: string; value: string; n: string }[]> {
  return page.$$eval(`${test('ranking')} tr[data-place]`, (rows) =>
    rows.map((row) => ({
      place: row.getAttribute('data-place') ?? '',
      value: row.getAttribute('data-value') ?? '',
      n: row.getAttribute('data-n') ?? '',
    })),
  );
}

const comparable = (rows: { place: string; value: string; n: string }[]) =>
  rows
    .map(({ place, value, n }) => ({ place, value: value === '' ? null : Number(value), n: Number(n) }))
    .sort((a, b) => a.place.localeCompare(b.place));

const expected = (rows: MetricRow[]) =>
  rows
    .map((row) => ({ place: row.place ?? '', value: row.value, n: row.n }))
    .sort((a, b) => a.place.localeCompare(b.place));

describe('a leader', () => {
  it('chooses a metric and a month and reads the figures of the API', async () => {
    await visit('/', async ({ page, problems }) => {
      await choose(page, 'metric', label('submit_to_close'));
      await page.click(`${test('window')} >> text=单月`);
      await page.click(test('previous-month'));
      await page.click(test('previous-month'));
      await settled(page);
      const month = await page.getAttribute(test('month'), 'data-month');
      expect(month).not.toBe(area.data_to);
      const table = await monthTable('submit_to_close', 'grid', month ?? '');
      expect(comparable(await tableRows(page))).toEqual(expected(table.rows));
      expect(await number(page, test('total'), 'data-n')).toBe(table.total[0]?.n);
      expect(await number(page, test('total'), 'data-value')).toBe(table.total[0]?.value);
      expect(await number(page, test('legend-subtitle'), 'data-n')).toBe(table.total[0]?.n);
      const hatched = table.rows.filter(
        (row) => row.reason === 'small_n' || ((row.n ?? 0) < area.min_n && row.reason !== 'no_data'),
      );
      expect(await page.textContent(test('legend-small'))).toBe(String(hatched.length));
      expect(problems).toEqual([]);
    });
  });

  it('moves through the months without another request', async () => {
    await visit('/?metric=visit_rate&by=grid&period=month', async ({ page, requests }) => {
      const before = requests.filter((url) => url.includes('/metrics/')).length;
      for (let k = 0; k < 3; k += 1) await page.click(test('previous-month'));
      await settled(page);
      expect(requests.filter((url) => url.includes('/metrics/'))).toHaveLength(before);
      const month = (await page.getAttribute(test('month'), 'data-month')) ?? '';
      const table = await monthTable('visit_rate', 'grid', month);
      expect(comparable(await tableRows(page))).toEqual(expected(table.rows));
    });
  });

  it('gets a wider window where most grids have too few cases, and can go back', async () => {
    await visit('/?metric=submit_to_close&by=grid', async ({ page }) => {
      const month = (await page.getAttribute(test('month'), 'data-month')) ?? '';
      const { rows } = await monthTable('submit_to_close', 'grid', month);
      const withData = rows.filter(({ reason }) => reason !== 'no_data');
      const small = withData.filter(({ n }) => (n ?? 0) < area.min_n);
      const widened = small.length > withData.length / 2;
      expect((await page.$(test('widened'))) !== null).toBe(widened);
      expect(new URL(page.url()).searchParams.get('period')).toBeNull();
      if (!widened) return;
      await page.click(test('widened-back'));
      await settled(page);
      expect(new URL(page.url()).searchParams.get('period')).toBe('month');
      expect(comparable(await tableRows(page))).toEqual(expected(rows));
    });
  });

  it('lists every grid, those without data last', async () => {
    await visit('/?metric=submit_to_close&by=grid&period=month', async ({ page }) => {
      const listed = await page.$$(`${test('ranking')} tbody tr:not(.divider)`);
      expect(listed).toHaveLength(area.counts['grids'] ?? 0);
    });
  });

  it('sees the balance of the workload over all months', async () => {
    await visit('/?metric=workload&by=grid&period=all', async ({ page }) => {
      const table = await api<MetricTable>('/api/v1/metrics/workload?by=grid&period=all');
      expect(comparable(await tableRows(page))).toEqual(expected(table.rows));
      if (table.balance?.gini != null) {
        expect(await page.textContent(test('balance'))).toContain(String(Math.round(table.balance.gini * 100) / 100));
      }
    });
  });

  it('ranks the workers and sees their balance', async () => {
    await visit('/?metric=workload&by=grid&period=all', async ({ page }) => {
      const offered = (await page.$(test('subject'))) !== null;
      expect(offered).toBe(area.viewer === 'administrator');
      if (!offered) return;
      await page.click(`${test('subject')} >> text=网格员`);
      await settled(page);
      const table = await api<MetricTable>('/api/v1/metrics/workload?by=worker&period=all');
      const places = new Map(table.rows.map((row) => [row.place, row]));
      const rows = await tableRows(page);
      expect(rows.length).toBeGreaterThan(0);
      for (const { place, value } of rows) {
        expect(value).toBe(String(places.get(place)?.value ?? ''));
      }
      const gini = table.balance?.gini ?? null;
      if (gini !== null)
        expect(await page.textContent(test('balance'))).toContain(String(Math.round(gini * 100) / 100));
    });
  });

  it('ranks the worst first and leaves small n unranked at the bottom', async () => {
    await visit('/?metric=submit_to_close&by=microgrid&period=month', async ({ page }) => {
      const ranks = await page.$$eval(`${test('ranking')} tr[data-place] td.rank`, (cells) =>
        cells.map((cell) => cell.textContent),
      );
      const rows = await tableRows(page);
      const firm = rows.filter((_, k) => ranks[k] !== '–');
      expect(ranks.slice(firm.length).every((rank) => rank === '–')).toBe(true);
      expect(firm.every(({ n }) => Number(n) >= area.min_n)).toBe(true);
      const values = firm.map(({ value }) => Number(value));
      expect(values).toEqual(values.toSorted((a, b) => b - a));
    });
    await visit('/?metric=visit_rate&by=village&period=month', async ({ page }) => {
      const values = (await tableRows(page)).map(({ value }) => Number(value));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    });
  });

  it('tells apart what nearly all places share', async () => {
    await visit('/?metric=square_reach&by=grid&period=month', async ({ page }) => {
      const rows = await tableRows(page);
      const counts = await page.$$eval(`${test('legend-class')} .count`, (all) =>
        all.map((element) => Number(element.textContent)),
      );
      expect(counts.length).toBeGreaterThan(1);
      expect(Math.max(...counts)).toBeLessThanOrEqual(rows.filter(({ value }) => value === '1').length || rows.length);
    });
  });

  it('sees the whole of the place that was chosen, beside its card', async () => {
    await visit('/?metric=visit_rate&by=grid&period=month', async ({ page }) => {
      await page.click(`${test('ranking')} tbody tr[data-place] button`);
      await page.waitForSelector(test('card-name'));
      await settled(page);
      const id = new URL(page.url()).searchParams.get('place');
      const grids = await api<FeatureCollection<MultiPolygon>>('/api/v1/layers/grids.geojson');
      const chosen = grids.features.find((grid) => grid.properties?.['id'] === id);
      const box = await page.locator(test('map')).boundingBox();
      if (!chosen || !box) throw new Error('no grid or no map');
      const [west, south, east, north] = boundsOf([chosen]) ?? [0, 0, 0, 0];
      for (const corner of [
        [west, south],
        [east, north],
      ] as [number, number][]) {
        const { x, y } = await pixelOf(page, corner);
        expect(x).toBeGreaterThanOrEqual(box.x);
        expect(x).toBeLessThanOrEqual(box.x + box.width);
        expect(y).toBeGreaterThanOrEqual(box.y);
        expect(y).toBeLessThanOrEqual(box.y + box.height);
      }
    });
  });

  it('clicks a grid on the map and gets its card', async () => {
    const grids = await api<FeatureCollection<MultiPolygon>>('/api/v1/layers/grids.geojson');
    const largest = grids.features.toSorted(
      (a, b) => Number(b.properties?.['area_m2']) - Number(a.properties?.['area_m2']),
    )[1];
    const at = largest ? labelPoint(largest.geometry) : null;
    const id: unknown = largest?.properties?.['id'];
    if (!at || typeof id !== 'string') throw new Error('no grid');
    // Nothing but colours on the map, and the grid in the middle of it.
    const camera = `${at.map((part) => part.toFixed(5)).join(',')},13`;
    await visit(`/?metric=visit_rate&by=grid&period=all&layers=choropleth&at=${camera}`, async ({ page, problems }) => {
      const pixel = await pixelOf(page, at);
      const dot = await page.$eval(
        `tr[data-place="${id}"] .dot`,
        (element) => getComputedStyle(element).backgroundColor,
      );
      const [r = 0, g = 0, b = 0] = dot.match(/\d+/g)?.map(Number) ?? [];
      const painted = await colourAt(page, pixel);
      expect(painted).toBe(`#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`);

      await page.mouse.click(pixel.x, pixel.y);
      await page.waitForSelector(`${test('card')}[data-place="${id}"] ${test('card-name')}`);
      const card = await api<PlaceCard>(`/api/v1/places/${id}`);
      expect(await page.textContent(test('card-name'))).toBe(card.name);
      const facts = await page.$$eval(`${test('card')} dd[data-value]`, (all) =>
        all.map((fact) => fact.getAttribute('data-value')),
      );
      expect(facts).toEqual(
        [card.households, card.persons, card.area_m2, card.open_reports].map((value) => String(value ?? '')),
      );
      expect(await page.$$(`${test('card')} .facilities li`)).toHaveLength(
        card.squares.flatMap((square) => square.facilities).length,
      );
      await page.waitForSelector(`${test('card')} figure svg`);
      expect(new URL(page.url()).searchParams.get('place')).toBe(id);
      expect(await page.$(`tr.selected[data-place="${id}"]`)).not.toBeNull();

      await page.goBack();
      await page.waitForSelector(test('card'), { state: 'detached' });
      await page.goForward();
      await page.waitForSelector(test('card'));
      expect(problems).toEqual([]);
    });
  });

  it('switches the language, which is remembered', async () => {
    await visit('/', async ({ page }) => {
      expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
      await page.click(test('language'));
      await page.waitForSelector('html[lang="en"]');
      expect(await page.textContent(test('legend'))).toContain(
        catalogue.find(({ id }) => id === 'visit_rate')?.en ?? '?',
      );
      expect(new URL(page.url()).searchParams.get('lang')).toBe('en');
      await page.goto(BASE);
      await settled(page);
      expect(await page.getAttribute('html', 'lang')).toBe('en');
    });
  });

  it('passes on a link that shows the same', async () => {
    const link =
      '/?metric=closure_rate&by=village&period=m12&month=2026-03&layers=choropleth,villages,squares&lang=en&at=110.54,29.35,11.8';
    await visit(link, async ({ page }) => {
      const month = await page.getAttribute(test('month'), 'data-month');
      const rows = await tableRows(page);
      const query = new URL(page.url()).searchParams;
      expect(Object.fromEntries(query)).toMatchObject({
        metric: 'closure_rate',
        by: 'village',
        period: 'm12',
        lang: 'en',
      });
      expect(query.get('at')).toBe('110.54,29.35,11.8');
      expect(query.get('layers')).toBe('choropleth,villages,squares');
      await visit(page.url(), async (second) => {
        expect(await second.page.getAttribute(test('month'), 'data-month')).toBe(month);
        expect(await tableRows(second.page)).toEqual(rows);
        expect(second.page.url()).toBe(page.url());
      });
    });
  });

  it('goes back through the steps taken', async () => {
    await visit('/?metric=visit_rate&by=grid&period=month', async ({ page }) => {
      await page.click(`${test('level')} >> text=村社区`);
      await page.click(`${test('window')} >> text=全部`);
      await settled(page);
      expect(new URL(page.url()).searchParams.get('period')).toBe('all');
      await page.goBack();
      await page.waitForSelector(test('previous-month'));
      expect(new URL(page.url()).searchParams.get('by')).toBe('village');
      await page.goBack();
      await settled(page);
      expect(new URL(page.url()).searchParams.get('by')).toBe('grid');
    });
  });

  it('downloads the table that is shown', async () => {
    await visit('/?metric=visit_rate&by=grid&period=month', async ({ page }) => {
      await page.click(test('download'));
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(test('download-metric'))]);
      const text = await readFile(await download.path(), 'utf8');
      const rows = await tableRows(page);
      const lines = text.trim().split(/\r?\n/);
      // A heading, a line a place, and at most the total.
      expect(lines.filter((line) => rows.some(({ place }) => line.includes(place)))).toHaveLength(rows.length);
      expect(lines.length - 1 - rows.length).toBeLessThanOrEqual(1);
      expect(lines[0]).toContain('numerator');
      for (const { place } of rows) expect(text).toContain(place);
    });
  });
});
