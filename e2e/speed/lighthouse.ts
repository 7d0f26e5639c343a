// Lighthouse, the median of five runs, on the pages people see first. It lies in a package of its own, for no other test needs it.

import { createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

import { startBrowser } from '../harness/browser.ts';
import { type Row, share } from './rows.ts';
import { type Account, visitor } from './visitor.ts';

const GOALS = { 'performance': 95, 'accessibility': 100, 'best-practices': 100 } as const;
type Category = keyof typeof GOALS;

/** As much of Lighthouse's answer as is read here. */
interface Result {
  readonly lhr: {
    readonly categories: Record<Category, { readonly score: number | null; readonly auditRefs: readonly { readonly id: string; readonly weight: number }[] }>;
    readonly audits: Record<string, { readonly score: number | null; readonly title: string; readonly displayValue?: string }>;
  };
}
interface Tool {
  default(url: string, flags: Record<string, unknown>, config: unknown): Promise<Result>;
  desktopConfig: unknown;
}

/** Sign-in, list and detail, on a desk and on a phone; Lighthouse slows network and processor as it always does. */
export async function lighthouse(url: string, who: Account, runs: number): Promise<Row[]> {
  const tool = (await import(pathToFileURL(new URL('../lighthouse/node_modules/lighthouse/core/index.js', import.meta.url).pathname).href)) as Tool;
  const port = await freePort();
  const browser = await startBrowser([`--remote-debugging-port=${port}`]);
  try {
    const { page, end } = await visitor(browser, url, who);
    const { items } = (await (await page.context().request.get(`${url}/v1/contacts?limit=1`)).json()) as { items: { id: string }[] };
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await end();
    const rows: Row[] = [];
    for (const [name, path, headers] of [['sign-in', '/sign-in', {}], ['list', '/', { cookie }], ['detail', `/contacts/${items[0]!.id}`, { cookie }]] as const) {
      for (const [screen, config] of [['desk', tool.desktopConfig], ['phone', undefined]] as const) {
        const results: Result[] = [];
        for (let run = 0; run < runs; run += 1) {
          results.push(await tool.default(url + path, { port, extraHeaders: headers, onlyCategories: Object.keys(GOALS), logLevel: 'error' }, config));
        }
        rows.push(row(`Lighthouse, ${name}, ${screen}, ${runs} runs`, results));
      }
    }
    return rows;
  } finally {
    await browser.close();
  }
}

function row(what: string, results: readonly Result[]): Row {
  const scores = Object.fromEntries(Object.keys(GOALS).map((category) => {
    return [category, share(results.map(({ lhr }) => Math.round((lhr.categories[category as Category].score ?? 0) * 100)), 0.5)];
  })) as Record<Category, number>;
  const met = Object.entries(GOALS).every(([category, goal]) => scores[category as Category] >= goal);
  if (!met) for (const line of lost(results.at(-1)!)) console.log(`  ${what}: ${line}`);
  return { what: `${what}: performance, accessibility, best practices`, value: Object.values(scores).join(', '), goal: { text: '≥ 95, 100, 100', met } };
}

/** What cost points, by name. */
function lost({ lhr }: Result): string[] {
  return Object.values(lhr.categories).flatMap(({ auditRefs }) => auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id]!.score ?? 1) < 1))
    .map(({ id }) => `${id} ${Math.round((lhr.audits[id]!.score ?? 0) * 100)} ${lhr.audits[id]!.displayValue ?? lhr.audits[id]!.title}`);
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer().on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
