// What dragging a border costs our own code at a thousand grids: node e2e/drag-speed.mjs [DIST]
// Serves a generated draft of 1,014 grids from the mock server, drags borders in a headless Chromium, and measures the
// main thread twice: by the page's own marks around the handling of a move, and by a trace of the browser (all functions
// called by frames of ours, the map library's included where we call it). Prints p50, p95 and the most, milliseconds.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DESKTOP, launch } from './browser.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
const PORT = '5197';
const BASE = `http://127.0.0.1:${PORT}`;
const DRAGS = 12;
const MOVES = 40;
const LIMIT_MS = 8;

function startMock() {
  const dist = process.argv[2] ? ['--dist', process.argv[2]] : [];
  const mock = spawn(process.execPath, ['dev/mock.mjs', '--port', PORT, '--large', ...dist], {
    cwd: web,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    mock.stdout.once('data', () => resolve(mock));
    mock.once('exit', (code) => reject(new Error(`the mock server ended with ${code}`)));
  });
}

/** Points on borders between two grids of one village, near the middle of the area, and a way across each. */
function crossings(grids) {
  const owners = new Map();
  for (const { geometry, properties } of grids) {
    for (const ring of geometry.coordinates.flat()) {
      for (let k = 0; k + 1 < ring.length; k += 1) {
        const key = [ring[k], ring[k + 1]].map(String).sort().join('|');
        owners.set(key, [...(owners.get(key) ?? []), { properties, from: ring[k], to: ring[k + 1] }]);
      }
    }
  }
  const middle = grids[Math.floor(grids.length / 2)].geometry.coordinates[0][0][0];
  const apart = ([x, y]) => Math.hypot(x - middle[0], y - middle[1]);
  return [...owners.values()]
    .filter((both) => both.length === 2 && both[0].properties.parent === both[1].properties.parent)
    .map(([{ from, to }]) => ({
      at: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2],
      along: [to[0] - from[0], to[1] - from[1]],
    }))
    .sort((a, b) => apart(a.at) - apart(b.at))
    .filter((_, k) => k % 9 === 0)
    .slice(0, DRAGS);
}

function pixelOf([lng, lat], [cLng, cLat, zoom], box) {
  const world = 512 * 2 ** zoom;
  const mercator = (degrees) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360)) / (2 * Math.PI);
  return {
    x: box.x + box.width / 2 + ((lng - cLng) / 360) * world,
    y: box.y + box.height / 2 - (mercator(lat) - mercator(cLat)) * world,
  };
}

function summary(name, values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
  const text = [0.5, 0.95].map((part) => `p${part * 100} ${at(part).toFixed(2)}`).join('  ');
  process.stdout.write(`${name}: n ${sorted.length}  ${text}  max ${(sorted.at(-1) ?? NaN).toFixed(2)} ms\n`);
  return at(0.95);
}

async function readTrace(client, stream) {
  let text = '';
  for (;;) {
    const { data, eof } = await client.send('IO.read', { handle: stream, size: 1 << 20 });
    text += data;
    if (eof) break;
  }
  return JSON.parse(text).traceEvents;
}

const mock = await startMock();
const browser = await launch();
let failed;
try {
  const { plans } = await (await fetch(`${BASE}/api/v1/plans`)).json();
  const { features } = await (await fetch(`${BASE}/api/v1/plans/${plans[0].id}/places?level=grid`)).json();
  const ways = crossings(features);
  const camera = [...ways[0].at.map((part) => Number(part.toFixed(5))), 14];
  const context = await browser.newContext(DESKTOP);
  await context.addInitScript(() => localStorage.setItem('wangge.planner', 'speed'));
  const page = await context.newPage();
  await page.goto(`${BASE}/?plan=${plans[0].id}&tool=border&at=${camera.join(',')}`);
  await page.waitForSelector('[data-test="map"][data-ready="true"]', { timeout: 120_000 });
  const box = await page.locator('[data-test="map"] canvas').first().boundingBox();
  const client = await context.newCDPSession(page);
  await client.send('Tracing.start', {
    transferMode: 'ReturnAsStream',
    traceConfig: { includedCategories: ['devtools.timeline', 'blink.user_timing'] },
  });
  let taken = 0;
  for (const { at, along } of ways) {
    const start = pixelOf(at, camera, box);
    if (
      start.x < box.x + 80 ||
      start.x > box.x + box.width - 80 ||
      start.y < box.y + 80 ||
      start.y > box.y + box.height - 80
    )
      continue;
    const length = Math.hypot(...along);
    const across = { x: along[1] / length, y: along[0] / length };
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    for (let k = 1; k <= MOVES; k += 1) {
      const reach = 90 * Math.sin((k / MOVES) * Math.PI);
      await page.mouse.move(start.x + across.x * reach, start.y + across.y * reach);
    }
    taken += 1;
    await page.keyboard.press('Escape');
    await page.mouse.up();
  }
  const done = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
  await client.send('Tracing.end');
  const events = await readTrace(client, (await done).stream);

  const marks = await page.evaluate(() => performance.getEntriesByName('plan:drag').map(({ duration }) => duration));
  // A move is handled in the frame after it: everything of ours that the main thread runs for one frame counts.
  const marked = events.find(({ name }) => name === 'plan:drag');
  const isOurs = ({ name, args, pid, ph }) =>
    ph === 'X' &&
    pid === marked?.pid &&
    ['FunctionCall', 'EvaluateScript'].includes(name) &&
    String(args.data?.url ?? '').startsWith(BASE) &&
    !String(args.data?.url ?? '').includes('worker');
  const calls = events.filter(isOurs).map(({ dur }) => dur / 1000);
  process.stdout.write(`${features.length} grids, ${taken} drags of ${MOVES} moves\n`);
  const p95 = summary('own handling of a move (performance.measure)', marks);
  summary('any script of the page (trace: FunctionCall)', calls);
  if (process.env.DEBUG) {
    for (const { args, dur, tid } of events
      .filter(isOurs)
      .toSorted((a, b) => b.dur - a.dur)
      .slice(0, 8))
      process.stdout.write(`${dur / 1000} ms ${tid} ${JSON.stringify(args.data)}\n`);
  }
  failed = !(p95 <= LIMIT_MS) || marks.length === 0;
} finally {
  await browser.close();
  mock.kill();
}
process.exitCode = failed ? 1 : 0;
