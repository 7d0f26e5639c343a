// Each page as it is, of the real program: `npm run screenshots [-- PAGE…]`, or `cargo xtask screenshots`. The people are
// invented, the same ones each time. Those that the documents show go to docs/screenshots; all of them, in light, dark, on a
// phone and right to left, to the folder that ROLO_SCREENSHOTS names.

import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BrowserContextOptions, Page } from 'playwright-core';

import { bookOf, NOOR } from './harness/book.ts';
import { type Visit, signIn, startBrowser, visit } from './harness/browser.ts';
import { startRolo } from './harness/rolo.ts';
import { bookPages, doorPages, emptyPages, paperPages, type Place, starSome } from './screenshots/pages.ts';

const SHOWN = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const ALL = process.env['ROLO_SCREENSHOTS'] ?? fileURLToPath(new URL('../target/screenshots/', import.meta.url));
/** What the documents show: the page, its look, and the name it has there. */
const IN_DOCS = new Map([['list', 'list'], ['list-dark', 'list-dark'], ['list-phone', 'list-phone'], ['contact', 'contact'], ['import-3-check', 'import-check']]);
const BYTES_MAX = 200_000;
const PEOPLE = 248;

const WIDE = { width: 1280, height: 800 };
const LOOKS: Record<string, BrowserContextOptions & { rtl?: boolean }> = {
  '': { viewport: WIDE, colorScheme: 'light' },
  '-dark': { viewport: WIDE, colorScheme: 'dark' },
  '-phone': { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true },
  '-rtl': { viewport: WIDE, colorScheme: 'light', rtl: true },
};

const only = process.argv.slice(2);
const wanted = (places: Record<string, Place>) => Object.entries(places).filter(([name]) => only.length === 0 || only.includes(name));
const binary = process.env['ROLO_BINARY']!;
const browser = await startBrowser();
await mkdir(ALL, { recursive: true });
await mkdir(SHOWN, { recursive: true });
try {
  const fresh = await startRolo();
  await album(fresh.url, doorPages, false);
  await fresh.stop();
  const empty = await startRolo(await bookOf(binary, 0));
  await album(empty.url, emptyPages, true);
  await empty.stop();
  const rolo = await startRolo(await bookOf(binary, PEOPLE));
  const first = await visit(browser, rolo.url);
  await signIn(first.page, NOOR);
  await starSome(first.page);
  await first.end();
  await album(rolo.url, bookPages, true);
  await album(rolo.url, paperPages, true);
  await rolo.stop();
} finally {
  await browser.close();
}

/** Every place in every look; one visitor for each look, as people have one browser. */
async function album(url: string, places: Record<string, Place>, signedIn: boolean) {
  if (wanted(places).length === 0) return;
  for (const [look, { rtl, ...options }] of Object.entries(LOOKS)) {
    const visitor = await visit(browser, url, { ...options, reducedMotion: 'reduce' });
    // No language of the app is written from right to left yet: the page is told so, as its own test does.
    if (rtl) await visitor.page.addInitScript(() => new MutationObserver(() => document.documentElement.dir === 'rtl' || (document.documentElement.dir = 'rtl')).observe(document, { childList: true, subtree: true, attributes: true }));
    if (signedIn) await signIn(visitor.page, NOOR);
    for (const [name, open] of wanted(places)) await picture(visitor, name, look, open);
    await visitor.end();
  }
}

async function picture({ page, faults }: Visit, name: string, look: string, open: Place) {
  try {
    await open(page);
    await rested(page);
    const file = join(ALL, `${name}${look}.png`);
    await page.screenshot({ path: file });
    const kept = IN_DOCS.get(name + look);
    if (kept) await keep(file, join(SHOWN, `${kept}.png`));
  } catch (error) {
    console.log(`${name}${look}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    process.exitCode = 1;
  }
  for (const fault of faults.splice(0)) {
    console.log(`${name}${look}: ${fault}`);
    process.exitCode = 1;
  }
}

/** Nothing under the pointer, nothing on its way. */
async function rested(page: Page) {
  await page.mouse.move(0, 0);
  await page.waitForFunction(() => document.querySelector('.person:hover, .bone, [aria-busy="true"]') === null);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function keep(file: string, as: string) {
  const { size } = await stat(file);
  if (size > BYTES_MAX) throw new Error(`${as} would have ${size} octets; at most ${BYTES_MAX} are wanted.`);
  await copyFile(file, as);
}
