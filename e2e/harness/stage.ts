// What most journeys begin with: a Rolo that has Noor's account, and a browser; both are gone when the file's tests are.

import { after, before } from 'node:test';

import type { Browser } from 'playwright-core';

import { bookOf, FULL, NOOR } from './book.ts';
import { startBrowser } from './browser.ts';
import { type Rolo, startRolo } from './rolo.ts';

/** Where a file's journeys play. Filled before its first test. */
export interface Stage {
  rolo: Rolo;
  browser: Browser;
  /** How Noor signs in. */
  noor: { email: string; password: string };
}

/** Sets it up, with `people` in the book; `more` prepares what this file's journeys need beside it. */
export function stage(more: (on: Stage) => Promise<void> = async () => undefined, people = 0): Stage {
  const on = {} as Stage;
  before(async () => {
    on.rolo = await startRolo(await bookOf(process.env['ROLO_BINARY']!, people));
    on.noor = { ...NOOR };
    on.browser = await startBrowser();
    await more(on);
  });
  after(async () => {
    await on.browser?.close();
    await on.rolo?.stop();
  });
  return on;
}

/** The same with a full book, for journeys whose promise must hold there too. */
export const fullStage = () => stage(undefined, FULL);
