// What the browser tests share: pages of the server under test, and the API beside them.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch, settled, SMALL_DESKTOP } from './browser.mjs';

export const BASE = process.env['WANGGE_URL'] ?? 'http://127.0.0.1:5174';

export async function api<T>(path: string): Promise<T> {
  const response = await fetch(new URL(path, BASE));
  if (!response.ok) throw new Error(`${path}: ${String(response.status)}`);
  return (await response.json()) as T;
}

let browser: Browser | null = null;

export async function startBrowser(): Promise<void> {
  browser = await launch();
}

export async function stopBrowser(): Promise<void> {
  await browser?.close();
}

export interface Visit {
  page: Page;
  /** Every address that the page asked for. */
  requests: string[];
  /** What went wrong in the page. */
  problems: string[];
}

export interface VisitOptions {
  device?: BrowserContextOptions;
  /** Changes what the server answers before the page is opened. */
  prepare?: (page: Page) => Promise<unknown>;
  /** Waits for the map; false where there is none to come. */
  wait?: boolean;
}

/** Opens `path` in a fresh browser profile, hands over the page and closes it again. */
export async function visit(
  path: string,
  task: (visit: Visit) => Promise<void>,
  options: VisitOptions = {},
): Promise<void> {
  if (!browser) throw new Error('the browser is not started');
  const context = await browser.newContext({ ...(options.device ?? SMALL_DESKTOP), acceptDownloads: true });
  const page = await context.newPage();
  const [requests, problems]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  try {
    await options.prepare?.(page);
    await page.goto(new URL(path, BASE).href);
    if (options.wait !== false) await settled(page);
    await task({ page, requests, problems });
  } finally {
    await context.close();
  }
}

export const test = (name: string): string => `[data-test="${name}"]`;

export async function number(page: Page, selector: string, attribute: string): Promise<number> {
  const text = await page.getAttribute(selector, attribute);
  if (text === null || text === '') throw new Error(`${selector} has no ${attribute}`);
  return Number(text);
}

/** Chooses an entry of one of the selects by its label. */
export async function choose(page: Page, select: string, label: string): Promise<void> {
  await page.click(test(select));
  await page.getByRole('option', { name: label, exact: true }).click();
  await settled(page);
}

/** Where a position is on the screen, by the camera that the address bar holds. */
export async function pixelOf(page: Page, [lng, lat]: readonly [number, number]): Promise<{ x: number; y: number }> {
  const camera = new URL(page.url()).searchParams.get('at')?.split(',').map(Number);
  const box = await page.locator(`${test('map')} canvas`).boundingBox();
  const [centreLng = 0, centreLat = 0, zoom = 0] = camera ?? [];
  if (!camera || !box) throw new Error('there is no map');
  const world = 512 * 2 ** zoom;
  const mercator = (degrees: number) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360)) / (2 * Math.PI);
  return {
    x: box.x + box.width / 2 + ((lng - centreLng) / 360) * world,
    y: box.y + box.height / 2 - (mercator(lat) - mercator(centreLat)) * world,
  };
}

/** The colour of one pixel of the screen, as "#rrggbb". */
export async function colourAt(page: Page, { x, y }: { x: number; y: number }): Promise<string> {
  const png = await page.screenshot({ clip: { x: Math.round(x), y: Math.round(y), width: 1, height: 1 } });
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const context = document.createElement('canvas').getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
    return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  }, png.toString('base64'));
}
