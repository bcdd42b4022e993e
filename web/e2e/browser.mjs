// Starts the system's Chromium with WebGL in software, shared by the tests and the screenshots.
import { chromium } from 'playwright-core';

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Without animations there is nothing to wait for.
 * @type {import('playwright-core').BrowserContextOptions}
 */
const STILL = { reducedMotion: 'reduce' };
/** @type {import('playwright-core').BrowserContextOptions} */
export const DESKTOP = { ...STILL, viewport: { width: 1440, height: 900 } };
/**
 * For the tests: the desktop's layout on fewer pixels, each of which software WebGL has to paint.
 * @type {import('playwright-core').BrowserContextOptions}
 */
export const SMALL_DESKTOP = { ...STILL, viewport: { width: 1200, height: 700 } };
/** @type {import('playwright-core').BrowserContextOptions} */
export const PHONE = {
  ...STILL,
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

/** How many frames in a row the page must have nothing left to load or draw. */
const QUIET_FRAMES = 4;

/** Waits until the figures are there and the map has drawn what it was given. */
export async function settled(page) {
  await page.waitForSelector('[data-test="map"][data-ready="true"]');
  // A change is under way by the next frame: what was asked for shows in the progress bar, what is drawn on the map.
  await page.evaluate(() => delete document.documentElement.dataset.quiet);
  await page.waitForFunction((wanted) => {
    const root = document.documentElement;
    const busy =
      document.querySelector('[data-test="progress"].on, [data-test="card"] [aria-busy="true"]') ??
      document.querySelector('[data-drawn="false"]');
    const quiet = busy ? 0 : Number(root.dataset.quiet ?? 0) + 1;
    root.dataset.quiet = String(quiet);
    return quiet >= wanted;
  }, QUIET_FRAMES);
}
