// From a key to its result on screen: the search box over the whole book, and the page of all finds.

import type { Page } from 'playwright-core';

import { ms, type Row, share } from './rows.ts';
import { forget } from './watch.ts';

/** A fixed mix: short and long, names, addresses, digits, several scripts, nobody. */
const QUERIES = ['anna', 'johnson', 'da', 'marta k', 'post.example', '555 01', '0201', 'müller', 'Анна', 'محمد', '高橋', 'zzzq', 'nguyen hoa', 'archi', 'e'];
/** A quick typist's key. A key before the last one's result would wait for it. */
const RHYTHM_MS = 100;
const GOAL_MS = 50;

/** Types the mix where the focus is; each value is from the key's own time to the frame after the one that shows its result. */
async function typed(page: Page, clear: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    let pressed = 0;
    addEventListener('keydown', (event) => (pressed = event.timeStamp), true);
    addEventListener('input', (event) => {
      const from = pressed || event.timeStamp;
      pressed = 0;
      const query = (event.target as HTMLInputElement).value;
      if (query.trim() === '') return;
      const shows = () => document.querySelector(location.pathname === '/search' ? 'h1' : '#find-all')?.textContent?.includes(query.trim());
      const look = () => requestAnimationFrame(() => (shows() ? requestAnimationFrame(() => window.speed.keys.push(performance.now() - from)) : look()));
      look();
    }, true);
  });
  await forget(page);
  let keys = 0;
  for (const query of QUERIES) {
    await clear();
    for (const letter of query) {
      const began = performance.now();
      await page.keyboard.press(/[a-z0-9.]/.test(letter) ? letter : letter === ' ' ? 'Space' : 'Shift').then(async () => {
        if (!/[a-z0-9. ]/.test(letter)) await page.keyboard.insertText(letter);
      });
      keys += 1;
      await page.waitForFunction((count) => window.speed.keys.length >= count, keys, { timeout: 10_000 });
      await page.waitForTimeout(Math.max(0, RHYTHM_MS - (performance.now() - began)));
    }
  }
  return page.evaluate(() => window.speed.keys);
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

function row(what: string, times: readonly number[], people: number): Row {
  const [half, most, all] = [share(times, 0.5), share(times, 0.95), Math.max(...times)];
  const value = `p50 ${ms(half)}, p95 ${ms(most)}, max ${ms(all)}`;
  return { what: `${people}: ${what}, ${times.length} keys`, value, ...(people === 25_000 ? { goal: { text: `p95 ≤ ${GOAL_MS} ms`, met: most <= GOAL_MS } } : {}) };
}
