// The last line of a run: how many journeys passed, and where they were.

import type { TestEvent } from 'node:test/reporters';

import { CACHE, ENGINE } from './arrangement.ts';

/** Adds up as the runner does; what failed is told by the other reporter. */
export default async function* sum(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { tests, passed } = event.data.counts;
    const { ROLO_ARRANGEMENT: arrangement = 'one', ROLO_FRONT: front = 'none' } = process.env;
    yield `${passed} of ${tests} journeys passed, processes: ${arrangement}, front: ${front}, data: ${ENGINE}, cache: ${CACHE}\n`;
  }
}
