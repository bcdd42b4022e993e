// Pictures of the page: npm run screenshots -- [BASE_URL] [FOLDER] [NAME…]
// Those of the README: npm run screenshots -- BASE_URL docs overview phone
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DESKTOP, launch, PHONE, settled } from './browser.mjs';

const base = process.argv[2] ?? 'http://127.0.0.1:5174';
const folder = process.argv[3] ?? 'screenshots';
const names = process.argv.slice(4);

async function firstGrid() {
  const response = await fetch(new URL('/api/v1/layers/grids.geojson', base));
  const { features } = await response.json();
  return features[Math.floor(features.length / 2)].properties.id;
}

const grid = await firstGrid();
const SHOTS = [
  { name: 'overview', device: DESKTOP, query: 'lang=zh' },
  { name: 'phone', device: { ...PHONE, deviceScaleFactor: 1 }, query: 'lang=zh' },
  { name: 'desktop-zh', device: DESKTOP, query: 'metric=visit_rate&by=grid&period=month&lang=zh' },
  { name: 'desktop-en', device: DESKTOP, query: 'metric=workload&by=microgrid&period=all&lang=en' },
  { name: 'phone-zh', device: PHONE, query: 'metric=visit_rate&by=grid&period=month&lang=zh' },
  { name: 'card-zh', device: DESKTOP, query: `metric=submit_to_close&by=grid&period=all&lang=zh&place=${grid}` },
  { name: 'workers-zh', device: DESKTOP, query: 'metric=workload&by=grid&period=m12&rank=workers&lang=zh' },
  {
    name: 'hexagons-zh',
    device: DESKTOP,
    query: 'metric=events&by=grid&period=all&layers=hexagons,villages,grids&lang=zh',
  },
  {
    name: 'reports-en',
    device: DESKTOP,
    query: 'metric=events&by=grid&period=month&layers=choropleth,villages,grids,squares,reports&lang=en',
  },
  { name: 'phone-card', device: PHONE, query: `metric=visit_rate&by=grid&period=month&lang=zh&place=${grid}` },
];

mkdirSync(folder, { recursive: true });
const browser = await launch();
try {
  for (const { name, device, query } of SHOTS) {
    if (names.length > 0 && !names.includes(name)) continue;
    const context = await browser.newContext(device);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        process.stderr.write(`${name}: ${message.text()}\n`);
    });
    page.on('pageerror', (error) => process.stderr.write(`${name}: ${error.stack}\n`));
    await page.goto(new URL(`/?${query}`, base).href);
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
}
