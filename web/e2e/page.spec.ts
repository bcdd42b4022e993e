// The page itself: layers, hexagons, phone, keyboard, what it says when something is missing, and where it asks.
import type { FeatureCollection } from 'geojson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Area, LayerInfo } from '../src/api/types';
import { PHONE, settled } from './browser.mjs';
import { api, BASE, startBrowser, stopBrowser, test, visit } from './page';

let area: Area;
let layers: LayerInfo[];

beforeAll(async () => {
  await startBrowser();
  [area, layers] = await Promise.all([api<Area>('/api/v1/area'), api<LayerInfo[]>('/api/v1/layers')]);
});
afterAll(stopBrowser);

describe('layers', () => {
  it('are offered as far as the viewer may read them, and all of those can be shown', async () => {
    await visit('/', async ({ page, problems, requests }) => {
      await page.click(test('layers-button'));
      const offered = await page.$$eval('[data-test^="layer-"]', (all) =>
        all.map((element) => element.getAttribute('data-test')?.replace('layer-', '') ?? ''),
      );
      const drawn = ['villages', 'grids', 'microgrids', 'squares', 'facilities', 'households', 'devices', 'reports'];
      const readable = drawn.filter((name) => layers.some((layer) => layer.name === name));
      expect(offered).toEqual(['choropleth', 'hexagons', ...readable]);
      for (const name of ['hexagons', 'microgrids', 'squares', 'facilities', 'households', 'devices', 'reports']) {
        if (offered.includes(name)) await page.click(test(`layer-${name}`));
      }
      await settled(page);
      for (const name of readable) expect(requests.some((url) => url.includes(`/layers/${name}.geojson`))).toBe(true);
      expect(problems).toEqual([]);
    });
  });

  it('that a public viewer may not read are absent', async () => {
    const hidden = ['households', 'devices'];
    await visit(
      '/?layers=choropleth,households,devices',
      async ({ page, requests }) => {
        await page.click(test('layers-button'));
        await page.waitForSelector(test('layer-reports'));
        for (const name of hidden) expect(await page.$(test(`layer-${name}`))).toBeNull();
        expect(requests.filter((url) => /households|devices/.test(new URL(url).pathname))).toEqual([]);
      },
      {
        prepare: (page) =>
          page.route('**/api/v1/layers', (route) =>
            route.fulfill({ json: layers.filter((layer) => !hidden.includes(layer.name)) }),
          ),
      },
    );
  });

  it('hexagons count what the API counts', async () => {
    await visit('/?layers=hexagons,villages&period=all&metric=events', async ({ page, requests }) => {
      const asked = requests.find((url) => url.includes('/heat/hexagons'));
      const cells = await api<FeatureCollection>(asked ?? '');
      const counts = cells.features.map((cell) => Number(cell.properties?.['count']));
      const legend = await page.textContent(test('legend'));
      expect(legend).toContain(Math.max(...counts).toLocaleString('zh-CN'));
    });
  });
});

describe('the page', () => {
  it('asks nobody but its own server', async () => {
    await visit('/?layers=choropleth,villages,grids,squares,reports', async ({ requests }) => {
      expect(requests.length).toBeGreaterThan(5);
      expect(requests.filter((url) => !url.startsWith(BASE) && !/^(data|blob):/.test(url))).toEqual([]);
    });
    await visit(
      '/api/docs',
      async ({ page, requests }) => {
        await page.waitForSelector('.swagger-ui .opblock');
        expect(requests.filter((url) => !url.startsWith(BASE) && !/^(data|blob):/.test(url))).toEqual([]);
      },
      { wait: false },
    );
  });

  it('says what is synthetic', async () => {
    await visit('/', async ({ page }) => {
      expect((await page.textContent('body'))?.includes('合成数据')).toBe(area.synthetic);
    });
  });

  it('explains an empty store', async () => {
    await visit(
      '/',
      async ({ page }) => {
        await page.waitForSelector('text=wangge import');
      },
      {
        wait: false,
        prepare: (page) =>
          page.route('**/api/v1/area', (route) =>
            route.fulfill({
              status: 404,
              contentType: 'application/problem+json',
              body: '{"title":"Not found","status":404}',
            }),
          ),
      },
    );
  });

  it('repeats the server’s words when it fails, and tries again', async () => {
    let busy = true;
    await visit(
      '/?metric=visit_rate',
      async ({ page }) => {
        await page.waitForSelector('[role="alert"] >> text=The store is busy');
        await page.waitForSelector('text=Try again in a minute.');
        busy = false;
        await page.click('[role="alert"] button');
        await page.waitForSelector(`${test('ranking')} tr[data-place]`);
      },
      {
        prepare: (page) =>
          page.route('**/api/v1/metrics/visit_rate?*', (route) =>
            busy
              ? route.fulfill({
                  status: 503,
                  contentType: 'application/problem+json',
                  body: JSON.stringify({ title: 'The store is busy', status: 503, detail: 'Try again in a minute.' }),
                })
              : route.continue(),
          ),
      },
    );
  });

  it('drops the colours of other figures when it fails', async () => {
    await visit(
      '/?metric=workload&by=grid&period=month',
      async ({ page }) => {
        await page.click(test('metric'));
        await page.getByRole('option').first().click();
        await page.waitForSelector('[role="alert"]');
        expect(await page.$(test('legend'))).toBeNull();
        expect(await page.$(test('ranking'))).toBeNull();
      },
      {
        prepare: (page) =>
          page.route(/\/metrics\/(?!workload)\w+\?/, (route) => route.fulfill({ status: 503, body: 'busy' })),
      },
    );
  });

  it('says when a search finds nothing', async () => {
    await visit('/?metric=visit_rate&by=grid&q=nowhere', async ({ page }) => {
      expect(await page.textContent(test('no-hits'))).toContain('nowhere');
    });
  });

  it('closes the card with Esc', async () => {
    await visit('/', async ({ page }) => {
      await page.click(`${test('ranking')} tbody tr[data-place] button`);
      await page.waitForSelector(test('card-name'));
      await page.keyboard.press('Escape');
      await page.waitForSelector(test('card'), { state: 'detached' });
    });
  });

  it('is usable by keyboard', async () => {
    await visit('/', async ({ page }) => {
      await page.focus(`${test('ranking')} tbody tr[data-place] button`);
      await page.keyboard.press('Enter');
      await page.waitForSelector(test('card-name'));
      await page.focus(test('card-close'));
      const outline = await page.$eval(test('card-close'), (element) => getComputedStyle(element).outlineStyle);
      expect(outline).toBe('solid');
      await page.keyboard.press('Enter');
      await page.waitForSelector(test('card'), { state: 'detached' });
      const nameless = await page.$$eval('button, a, input, [role="slider"]', (all) =>
        all
          .filter((element) => element.checkVisibility())
          .filter((element) => {
            const named =
              element.textContent?.trim() || element.getAttribute('aria-label') || element.getAttribute('title');
            return !named && !element.closest('label, [aria-label]');
          })
          .map((element) => element.outerHTML.slice(0, 120)),
      );
      expect(nameless).toEqual([]);
    });
  });
});

describe('a phone', () => {
  it('shows map, figures, ranking and card without sideways scrolling', async () => {
    await visit(
      '/',
      async ({ page, problems }) => {
        const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
        expect(await fits()).toBe(true);
        await page.tap(test('tab-ranking'));
        await page.tap(`${test('ranking')} tbody tr[data-place] button`);
        await page.waitForSelector(`${test('sheet')} ${test('card-name')}`);
        expect(await fits()).toBe(true);
        await page.tap(test('card-close'));
        await page.tap(test('tab-layers'));
        await page.tap(test('layer-reports'));
        await settled(page);
        expect(new URL(page.url()).searchParams.get('layers')).toContain('reports');
        expect(problems).toEqual([]);
      },
      { device: PHONE },
    );
  });
});
