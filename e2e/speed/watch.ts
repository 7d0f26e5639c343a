// What the page itself notices of its own slowness: tasks that block it, and frames that come late.

import type { Page } from 'playwright-core';

/** Tasks of more than 50 ms, and the distance of one frame to the next. */
export interface Seen {
  readonly tasks: readonly number[];
  readonly frames: readonly number[];
}

declare global {
  interface Window {
    speed: { tasks: number[]; frames: number[]; keys: number[]; rows: number };
  }
}

/** Notes from the first script on, in every page that is opened from now. */
export async function watchFromStart(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Window['speed'] = { tasks: [], frames: [], keys: [], rows: 0 };
    window.speed = noted;
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) noted.tasks.push(task.duration);
    }).observe({ type: 'longtask', buffered: true });
    let last = 0;
    const frame = (now: number) => {
      if (last > 0) noted.frames.push(now - last);
      last = now;
      if (noted.rows === 0 && document.querySelector('.person[data-id]')) {
        // The rows are there; with the next frame they have been painted.
        noted.rows = -1;
        requestAnimationFrame(() => (noted.rows = performance.now()));
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Forgets what was noted so far, once the page has come to rest. */
export async function forget(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((done) => requestIdleCallback(() => done())));
  await page.evaluate(() => {
    window.speed.tasks.length = 0;
    window.speed.frames.length = 0;
    window.speed.keys.length = 0;
  });
}

/** What was noted since. Tasks are told late: two idle moments bring the last. */
export async function seen(page: Page): Promise<Seen> {
  for (let n = 0; n < 2; n += 1) await page.evaluate(() => new Promise<void>((done) => requestIdleCallback(() => done())));
  return page.evaluate(() => ({ tasks: [...window.speed.tasks], frames: [...window.speed.frames] }));
}
