// Waiting for what no locator can say: a number that is reached, an answer of the server. What a page shows, Playwright waits for.

import assert from 'node:assert/strict';

const PATIENCE_MS = 60_000;
const BETWEEN_MS = 50;

/** Until this is what it says, and else what it says at last. */
export async function same<T>(look: () => Promise<T>, wanted: T, what = 'it'): Promise<void> {
  let now: T | undefined;
  const told = JSON.stringify(wanted);
  await until(async () => JSON.stringify((now = await look())) === told, async () => `${what} is ${JSON.stringify(now)} and not ${told}`);
}

/** Asks until it is so; `why` tells what was waited for when it never is. */
export async function until(so: () => Promise<boolean> | boolean, why: string | (() => Promise<string>)): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
    if (await so()) return;
    await new Promise((go) => setTimeout(go, BETWEEN_MS));
  }
  assert.fail(typeof why === 'string' ? why : await why());
}
