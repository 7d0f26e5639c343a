// What the page's own thread did, told by Chromium's trace: how long each task took by the clock, and how much of the
// processor it had. On a machine that others use too only the second says something about Rolo.

import type { Page } from 'playwright-core';

/** A task of the page's main thread, in milliseconds. */
export interface Task {
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
}
/** A moment that the page marked. */
export interface Mark {
  readonly name: string;
  readonly at: number;
}

interface Event { name: string; cat: string; ph: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number }
const TASK = 'RunTask';

/** Does something and answers what the page did meanwhile. */
export async function traced(page: Page, act: () => Promise<void>): Promise<{ tasks: Task[]; marks: Mark[] }> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing'] });
  // The start of the trace is work of its own, and not the page's.
  await page.waitForTimeout(500);
  await page.evaluate(() => performance.mark('begin'));
  await act();
  await page.evaluate(() => performance.mark('end'));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Event[] };
  const begin = traceEvents.find(({ name, cat }) => name === 'begin' && cat.includes('user_timing'))!;
  const ours = traceEvents.filter(({ pid, tid }) => pid === begin.pid && tid === begin.tid);
  const end = ours.find(({ name, cat }) => name === 'end' && cat.includes('user_timing'))!;
  const tasks = ours.filter((one) => one.name === TASK && one.ph === 'X' && one.ts > begin.ts && one.ts < end.ts)
    .map(({ ts, dur = 0, tdur = 0 }) => ({ from: ts / 1000, to: (ts + dur) / 1000, cpu: tdur / 1000 }));
  const marks = ours.filter(({ cat }) => cat.includes('user_timing')).map(({ name, ts }) => ({ name, at: ts / 1000 }));
  return { tasks, marks };
}

/** For each `from … to` in the marks, the processor time of the tasks that touch it. */
export function between(marks: readonly Mark[], tasks: readonly Task[], from: string, to: string): number[] {
  const spans: number[] = [];
  let began = Number.NaN;
  for (const { name, at } of marks.toSorted((one, other) => one.at - other.at)) {
    if (name === from) began = at;
    else if (name === to && began === began) {
      spans.push(tasks.filter((task) => task.to > began && task.from < at).reduce((sum, task) => sum + task.cpu, 0));
      began = Number.NaN;
    }
  }
  return spans;
}
