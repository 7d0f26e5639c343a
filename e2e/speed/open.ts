// From the address to the first rows, what lies in memory then, and how much JavaScript came for it.

import type { Browser, Page } from 'playwright-core';

import { type Account, visitor } from './visitor.ts';
import { kB, MB, ms, type Row, share } from './rows.ts';
import { seen } from './watch.ts';

const ROUNDS = 5;
const JS_GOAL = 130_000;

/** The list, opened anew several times by somebody signed in whose browser has the chunks. */
export async function open(page: Page, people: number): Promise<Row[]> {
  const rows: number[] = [];
  let tasks: readonly number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto('/');
    await page.waitForFunction(() => window.speed.rows > 0, undefined, { timeout: 120_000 });
    rows.push(await page.evaluate(() => window.speed.rows));
    await page.locator('h1 .n').waitFor({ timeout: 120_000 });
    await page.waitForTimeout(2_000);
    tasks = (await seen(page)).tasks;
  }
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return [
    { what: `${people}: address → first rows, ${ROUNDS} times`, value: `p50 ${ms(share(rows, 0.5))}, max ${ms(Math.max(...rows))}` },
    { what: `${people}: tasks over 50 ms while it opens`, value: tasks.length === 0 ? 'none' : `${tasks.length} (max ${ms(Math.max(...tasks))})` },
    { what: `${people}: JavaScript heap with the whole book`, value: MB(usedSize) },
  ];
}

/** JavaScript of the first page: all that is asked for until the page rests, as gzip and as it was sent. */
export async function weight(browser: Browser, url: string, who: Account): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, path, signedIn } of [{ name: 'sign-in', path: '/sign-in', signedIn: false }, { name: 'list', path: '/', signedIn: true }]) {
    const { page, end } = await visitor(browser, url, signedIn ? who : null);
    const scripts = new Map<string, number>();
    page.on('requestfinished', async (request) => {
      if (request.resourceType() === 'script') scripts.set(request.url(), (await request.sizes()).responseBodySize);
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    await end();
    const zipped = await Promise.all([...scripts.keys()].map(gzipped));
    const gzip = zipped.reduce((all, one) => all + one, 0);
    const sent = [...scripts.values()].reduce((all, one) => all + one, 0);
    rows.push({ what: `JavaScript of the first page, ${name}: ${scripts.size} files`, value: `${kB(gzip)} gzip, ${kB(sent)} as sent`, goal: { text: '≤ 130 kB gzip', met: gzip <= JS_GOAL } });
  }
  return rows;
}

/** What a browser that takes gzip only would get. */
async function gzipped(url: string): Promise<number> {
  const answer = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
  return Number(answer.headers.get('content-length'));
}
