// Through the whole list, by wheel, by the letter rail and by the scroll bar: no task may block the page.

import type { Page } from 'playwright-core';

import { ms, type Row, share } from './rows.ts';
import { traced } from './trace.ts';
import { forget, seen } from './watch.ts';

const TICKS = 250;
const FRAMES = 200;
const TASK_MS = 50;

/** Rows for each way of scrolling. */
export async function scroll(page: Page, people: number): Promise<Row[]> {
  await page.goto('/');
  await page.locator('.person[data-id]').nth(5).waitFor();
  const rows: Row[] = [];
  // At once after the first rows, while the book is still being prepared for search, and then at rest.
  rows.push(await measured(page, `${people}: wheel, row by row`, () => wheel(page, 150, () => 120)));
  await page.waitForTimeout(3_000);
  const height = await page.getByRole('grid').evaluate((list) => list.scrollHeight);
  rows.push(await measured(page, `${people}: wheel, through the whole list`, () => wheel(page, TICKS, () => height / TICKS)));
  rows.push(await measured(page, `${people}: the letter rail, dragged`, () => drag(page)));
  rows.push(await measured(page, `${people}: the scroll bar, dragged`, () => bar(page)));
  return rows;
}

async function measured(page: Page, what: string, act: () => Promise<void>): Promise<Row> {
  await page.getByRole('grid').evaluate((list) => (list.scrollTop = 0));
  await forget(page);
  const { tasks } = await traced(page, act);
  const { frames } = await seen(page);
  const long = tasks.filter(({ from, to }) => to - from > TASK_MS);
  const most = tasks.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  const value = `${long.length} of ${tasks.length} over ${TASK_MS} ms, max ${ms(most)}; processor max ${ms(Math.max(...tasks.map(({ cpu }) => cpu)))}; frame p50 ${ms(share(frames, 0.5))}`;
  return { what, value, goal: { text: `no task > ${TASK_MS} ms`, met: long.length === 0 } };
}

async function wheel(page: Page, ticks: number, by: () => number) {
  const box = (await page.getByRole('grid').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let tick = 0; tick < ticks; tick += 1) {
    await page.mouse.wheel(0, by());
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

async function drag(page: Page) {
  const box = (await page.locator('.rail').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 1);
  await page.mouse.down();
  for (let step = 0; step <= 100; step += 1) await page.mouse.move(box.x + box.width / 2, box.y + 1 + ((box.height - 2) * step) / 100);
  await page.mouse.up();
}

/** A headless browser draws no scroll bar to take hold of: what it would do is done, once a frame. */
async function bar(page: Page) {
  await page.getByRole('grid').evaluate(async (list, frames) => {
    for (let frame = 1; frame <= frames; frame += 1) {
      list.scrollTop = ((list.scrollHeight - list.clientHeight) * frame) / frames;
      await new Promise((done) => requestAnimationFrame(done));
    }
  }, FRAMES);
}
