// How fast Rolo is in a browser: rows `browser` and `JavaScript` of the design's numbers, and Lighthouse. `npm run speed`, or
// `cargo xtask soak --only browser`. It measures and prints, and asserts nothing: docs/speed.md keeps what came out.
//
// `npm run speed -- [keys] [scroll] [open] [weight] [paint] [lighthouse] [--people=25000,100000] [--runs=5]`; all of them when none is named.

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { bookOf, NOOR } from './harness/book.ts';
import { startBrowser } from './harness/browser.ts';
import { startRolo } from './harness/rolo.ts';
import { keys } from './speed/keys.ts';
import { lighthouse } from './speed/lighthouse.ts';
import { open, weight } from './speed/open.ts';
import { paint } from './speed/paint.ts';
import { type Row, show, sum } from './speed/rows.ts';
import { scroll } from './speed/scroll.ts';
import { visitor } from './speed/visitor.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { people: { type: 'string', default: '25000,100000' }, runs: { type: 'string', default: '5' } } });
const wants = (name: string) => positionals.length === 0 || positionals.includes(name);
const sizes = values.people.split(',').map(Number);
/** Without these a page that nobody looks at is given less of the processor. */
const AWAKE = ['--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', '--disable-background-timer-throttling'];
const all: Row[] = [];

for (const people of sizes) await measure(people);
console.log(`load average ${loadavg()[0]!.toFixed(1)}`);
console.log(`in the browser: ${sum(all)}`);

async function measure(people: number) {
  const rolo = await startRolo(await bookOf(process.env['ROLO_BINARY']!, people));
  const browser = await startBrowser(AWAKE);
  try {
    // What has nothing to do with the size of the book is measured once.
    if (people === sizes[0] && wants('weight')) tell(await weight(browser, rolo.url, NOOR));
    for (const [name, part] of Object.entries({ open, keys, scroll })) {
      if (!wants(name)) continue;
      const { page, end } = await visitor(browser, rolo.url, NOOR);
      tell(await part(page, people));
      await end();
    }
    if (people === sizes[0] && wants('paint')) tell(await paint(browser, people, Number(values.runs)));
    if (people === sizes[0] && wants('lighthouse')) tell(await lighthouse(rolo.url, NOOR, Number(values.runs)));
  } finally {
    await browser.close();
    await rolo.stop();
  }
}

function tell(rows: readonly Row[]) {
  for (const row of rows) console.log(show(row));
  all.push(...rows);
}
