// From a key to its result on screen: the search box over the whole book, and the page of all finds.

import type { Page } from 'playwright-core';

import { ms, type Row, share } from './rows.ts';
import { between, traced } from './trace.ts';
import { forget } from './watch.ts';

/** A fixed mix: short and long, names, addresses, digits, several scripts, nobody. */
const QUERIES = ['anna', 'johnson', 'da', 'marta k', 'post.example', '555 01', '0201', 'müller', 'Анна', 'محمد', '高橋', 'zzzq', 'nguyen hoa', 'archi', 'e'];
/** A quick typist's key. A key before the last one's result would wait for it. */
const RHYTHM_MS = 100;
const GOAL_MS = 50;

interface Typed {
  /** From the key's own time to the frame after the one that shows its result. */
  readonly clock: readonly number[];
  /** The processor time of the page meanwhile. */
  readonly cpu: readonly number[];
}

/** Types the mix where the focus is. */
async function typed(page: Page, clear: () => Promise<void>): Promise<Typed> {
  await page.evaluate(() => {
    let pressed = 0;
    addEventListener('keydown', (event) => (pressed = event.timeStamp), true);
    addEventListener('input', (event) => {
      const from = pressed || event.timeStamp;
      pressed = 0;
      const query = (event.target as HTMLInputElement).value;
      if (query.trim() === '') return;
      performance.mark('key');
      const shows = () => document.querySelector(location.pathname === '/search' ? 'h1' : '#find-all')?.textContent?.includes(query.trim());
      const look = () => requestAnimationFrame(() => (shows() ? requestAnimationFrame(() => {
        performance.mark('shown');
        window.speed.keys.push(performance.now() - from);
      }) : look()));
      look();
    }, true);
  });
  await forget(page);
  const { tasks, marks } = await traced(page, async () => {
    let keys = 0;
    for (const query of QUERIES) {
      await clear();
      for (const letter of query) {
        const began = performance.now();
        await press(page, letter);
        keys += 1;
        await page.waitForFunction((count) => window.speed.keys.length >= count, keys, { timeout: 20_000 });
        await page.waitForTimeout(Math.max(0, RHYTHM_MS - (performance.now() - began)));
      }
    }
  });
  return { clock: await page.evaluate(() => window.speed.keys), cpu: between(marks, tasks, 'key', 'shown') };
}

/** A key of this keyboard, or what another one would have brought. */
async function press(page: Page, letter: string) {
  if (/[a-z0-9. ]/.test(letter)) await page.keyboard.press(letter === ' ' ? 'Space' : letter);
  else await page.keyboard.insertText(letter);
}

/** Both places where one searches. */
export async function keys(page: Page, people: number): Promise<Row[]> {
  const box = page.getByRole('combobox', { name: 'Search' });
  const clear = () => box.fill('');
  await page.goto('/');
  await page.locator('.person[data-id]').nth(5).waitFor();
  await page.waitForTimeout(2_000);
  await box.focus();
  const inBox = await typed(page, clear);
  await page.goto('/search?q=ann');
  await page.locator('.person[data-id]').first().waitFor();
  await page.waitForTimeout(2_000);
  await box.focus();
  const onPage = await typed(page, clear);
  return [row('key → finds under the box', inBox, people), row('key → rows of the search page', onPage, people)];
}

function row(what: string, { clock, cpu }: Typed, people: number): Row {
  const [half, most, all] = [share(clock, 0.5), share(clock, 0.95), Math.max(...clock)];
  const value = `p50 ${ms(half)}, p95 ${ms(most)}, max ${ms(all)}; processor p95 ${ms(share(cpu, 0.95))}, max ${ms(Math.max(...cpu))}`;
  return { what: `${people}: ${what}, ${clock.length} keys`, value, ...(people === 25_000 ? { goal: { text: `p95 ≤ ${GOAL_MS} ms`, met: most <= GOAL_MS } } : {}) };
}
