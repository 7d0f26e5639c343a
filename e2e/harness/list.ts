// The list as journeys wait for it: what is drawn first is only its beginning, and rows follow a scroll a moment later.

import type { Locator, Page } from 'playwright-core';

import { until } from './until.ts';

/** The rows of people that are drawn. */
export const rows = (page: Page): Locator => page.locator('.person[data-id]');

/** Until the whole book stands: whoever is chosen or counted before that is one of the first page. */
export async function whole(page: Page): Promise<void> {
  await rows(page).first().waitFor();
  await page.locator('nav.paging').waitFor({ state: 'detached' });
}

/** How many the heading counts. */
export async function counted(page: Page): Promise<number> {
  return Number((await page.getByRole('heading', { level: 1 }).innerText()).replace(/\D/g, ''));
}

/** Until the heading counts so many: what this device keeps is drawn first, and what changed since comes a moment later. */
export async function counts(page: Page, many: number): Promise<void> {
  await until(async () => (await counted(page)) === many, async () => `${many} are counted, and not ${await counted(page)}`);
}

/** The ids of the rows that are drawn, from the top, all read in one moment. */
export const idsOf = (page: Page): Promise<string[]> => rows(page).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['id']!));
