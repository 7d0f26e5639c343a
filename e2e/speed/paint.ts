// How soon something is on screen on a slow line, with the page drawn by the server and without. Both have the same book and
// take turns; every visit is that of a browser that has never been there.

import type { Browser, Page } from 'playwright-core';

import { bookOf, NOOR } from '../harness/book.ts';
import { type Rolo, startRolo } from '../harness/rolo.ts';
import { ms, type Row, share } from './rows.ts';
import { visitor } from './visitor.ts';

/** A throttled 4G as Lighthouse has it: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up. */
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 } as const;
const TIMES_SOONER = 2;

/** When a page had its first words or pictures, and, of a list, when its rows were there. */
interface Seen {
  readonly paint: number;
  readonly rows: number;
}

/** List and detail. */
export async function paint(browser: Browser, people: number, runs: number): Promise<Row[]> {
  const sides: { rolo: Rolo; drawn: boolean }[] = [];
  try {
    for (const drawn of [true, false]) {
      sides.push({ rolo: await startRolo(await bookOf(process.env['ROLO_BINARY']!, people), 0, { ROLO_SSR__ENABLED: String(drawn) }), drawn });
    }
    return [...(await compare(browser, sides, 'list', runs)), ...(await compare(browser, sides, 'detail', runs))];
  } finally {
    for (const { rolo } of sides) await rolo.stop();
  }
}

async function compare(browser: Browser, sides: readonly { rolo: Rolo; drawn: boolean }[], what: 'list' | 'detail', runs: number): Promise<Row[]> {
  const seen = new Map<boolean, Seen[]>([[true, []], [false, []]]);
  for (let run = 0; run < runs; run += 1) {
    for (const { rolo, drawn } of sides) seen.get(drawn)!.push(await visited(browser, rolo.url, what, drawn));
  }
  const middle = (drawn: boolean, of: keyof Seen) => share(seen.get(drawn)!.map((one) => one[of]), 0.5);
  const row = (name: string, of: keyof Seen, goal: boolean): Row => {
    const [by, without] = [middle(true, of), middle(false, of)];
    const sooner = without / by;
    const value = `${ms(by)}, without the server ${ms(without)}: ${sooner.toFixed(1)} times`;
    return { what: `${what}: ${name} on slow 4G, ${runs} runs`, value, ...(goal ? { goal: { text: `≥ ${TIMES_SOONER} times sooner`, met: sooner >= TIMES_SOONER } } : {}) };
  };
  return [row('first contentful paint', 'paint', true), ...(what === 'list' ? [row('first rows', 'rows', false)] : [])];
}

/** One visit by somebody signed in, whose browser keeps nothing of an earlier one. */
async function visited(browser: Browser, url: string, what: 'list' | 'detail', drawn: boolean): Promise<Seen> {
  const { page, end } = await visitor(browser, url, NOOR);
  try {
    const { request } = page.context();
    const { items } = (await (await request.get(`${url}/v1/contacts?limit=1`)).json()) as { items: { id: string }[] };
    const id = items[0]!.id;
    const path = what === 'list' ? '/' : `/contacts/${id}`;
    // The id stands in the page if, and only if, the server drew it: else two equal sides would be compared.
    const html = await (await request.get(url + path, { headers: { accept: 'text/html' } })).text();
    if (html.includes(id) !== drawn) throw new Error(`${url}${path} was ${drawn ? 'not ' : ''}drawn by the server`);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', LINE);
    await page.goto(path, { waitUntil: 'commit', timeout: 120_000 });
    return { paint: await firstPaint(page), rows: what === 'list' ? await firstRows(page) : Number.NaN };
  } finally {
    await end();
  }
}

async function firstPaint(page: Page): Promise<number> {
  const entry = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  await page.waitForFunction(entry, undefined, { timeout: 120_000 });
  return (await page.evaluate(entry))!;
}

async function firstRows(page: Page): Promise<number> {
  await page.waitForFunction(() => window.speed.rows > 0, undefined, { timeout: 120_000 });
  return page.evaluate(() => window.speed.rows);
}
