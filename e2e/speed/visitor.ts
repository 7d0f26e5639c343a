// Somebody with a browser of their own who may be signed in, and a page that notes its own slowness.

import type { Browser } from 'playwright-core';

import { type Visit, visit } from '../harness/browser.ts';
import { watchFromStart } from './watch.ts';

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** A new visitor. Signing in is a call, so that the cache of their browser is still empty. */
export async function visitor(browser: Browser, url: string, who: Account | null): Promise<Visit> {
  const one = await visit(browser, url);
  if (who) {
    const answer = await one.page.context().request.post(`${url}/v1/sessions`, { data: who, headers: { origin: url } });
    if (!answer.ok()) throw new Error(`nobody is signed in: ${answer.status()} ${await answer.text()}`);
  }
  await watchFromStart(one.page);
  return one;
}
