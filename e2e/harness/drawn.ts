// Pages as the server draws them. A busy machine gives a page up after a second and sends the empty one, which needs scripts:
// what a journey wants to see of a drawn page it asks for until it is one.

import type { Page } from 'playwright-core';

import { until } from './until.ts';

/** Whether this is a page, and not the empty one. A page may be drawn and say all the same that it is of no use without scripts. */
export const isDrawn = (html: string): boolean => html.includes('id="rolo-state"') || !html.includes('<noscript>Rolo needs JavaScript');

/** Goes there until the server has drawn it; `before` each try. */
export async function goDrawn(page: Page, path: string, options: Parameters<Page['goto']>[1] = {}, before = () => {}): Promise<void> {
  await until(async () => {
    before();
    const answer = await page.goto(path, options);
    return answer !== null && isDrawn(await answer.text());
  }, `${path} is never drawn`);
}

/** For a visitor without scripts, once the page has come: until it is drawn. */
export async function drawn(page: Page): Promise<void> {
  await until(async () => {
    await page.waitForLoadState();
    if ((await page.locator('body noscript').count()) === 0) return true;
    await page.reload();
    return false;
  }, `${page.url()} is never drawn`);
}
