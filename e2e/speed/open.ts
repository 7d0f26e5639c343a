// From the address to the first rows, what lies in memory then, and how much JavaScript came for it.

import type { Browser, Page } from 'playwright-core';

import { type Account, visitor } from './visitor.ts';
import { kB, MB, ms, type Row, share } from './rows.ts';
import { traced } from './trace.ts';

const ROUNDS = 5;
/** The design's number for the first page, as gzip. */
export const JS_GOAL = 130_000;

/** The list, opened anew several times by somebody signed in whose browser has the chunks. */
export async function open(page: Page, people: number): Promise<Row[]> {
  const rows: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto('/');
    await page.waitForFunction(() => window.speed.rows > 0, undefined, { timeout: 120_000 });
    rows.push(await page.evaluate(() => window.speed.rows));
    await page.locator('h1 .n').waitFor({ timeout: 120_000 });
    all.push(await page.evaluate(() => performance.now()));
  }
  await page.goto('/sign-in');
  const { tasks } = await traced(page, async () => {
    await page.reload();
    await page.locator('h1 .n').waitFor({ timeout: 120_000 });
    await page.waitForTimeout(3_000);
  });
  const blocked = tasks.filter(({ from, to }) => to - from > 50);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return [
    { what: `${people}: address → first rows, ${ROUNDS} times`, value: `p50 ${ms(share(rows, 0.5))}, max ${ms(Math.max(...rows))}` },
    { what: `${people}: address → the whole book`, value: `p50 ${ms(share(all, 0.5))}, max ${ms(Math.max(...all))}` },
    { what: `${people}: tasks while it opens`, value: `${blocked.length} of ${tasks.length} over 50 ms; processor max ${ms(Math.max(...tasks.map(({ cpu }) => cpu)))}` },
    { what: `${people}: JavaScript heap with the whole book`, value: MB(usedSize) },
  ];
}

/** JavaScript of the first page, at the door and in the list. */
export async function weight(browser: Browser, url: string, who: Account): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, path, signedIn } of [{ name: 'sign-in', path: '/sign-in', signedIn: false }, { name: 'list', path: '/', signedIn: true }]) {
    const { page, end } = await visitor(browser, url, signedIn ? who : null);
    const { files, gzip, sent } = await scripts(page, path);
    await end();
    rows.push({ what: `JavaScript of the first page, ${name}: ${files} files`, value: `${kB(gzip)} gzip, ${kB(sent)} as sent`, goal: { text: '≤ 130 kB gzip', met: gzip <= JS_GOAL } });
  }
  return rows;
}

/** All scripts that a page asks for until it rests: how many, their size as gzip, and as they were sent. */
export async function scripts(page: Page, path: string): Promise<{ files: number; gzip: number; sent: number }> {
  const sizes = new Map<string, Promise<number>>();
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script') sizes.set(request.url(), request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto(path, { waitUntil: 'networkidle' });
  const sum = async (all: Iterable<Promise<number>>) => (await Promise.all(all)).reduce((all, one) => all + one, 0);
  return { files: sizes.size, sent: await sum(sizes.values()), gzip: await sum([...sizes.keys()].map(gzipped)) };
}

/** What a browser that takes gzip only would get. */
async function gzipped(url: string): Promise<number> {
  const answer = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
  return Number(answer.headers.get('content-length'));
}
