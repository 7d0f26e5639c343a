// What the first page costs: its JavaScript, as gzip, whether one stands at the door or comes to the list.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JS_GOAL, scripts } from './speed/open.ts';
import { stage } from './harness/stage.ts';
import { visitor } from './speed/visitor.ts';

const on = stage();

test('the JavaScript of the first page stays within its 130 kB', async () => {
  for (const [path, who] of [['/sign-in', null], ['/', on.noor]] as const) {
    const { page, faults, end } = await visitor(on.browser, on.rolo.url, who);
    const { gzip, files } = await scripts(page, path);
    assert.ok(files >= 3 && gzip > 10_000, `${path} loads something to be weighed: ${files} files, ${gzip} octets`);
    assert.ok(gzip <= JS_GOAL, `${path} loads ${gzip} octets of JavaScript as gzip in ${files} files`);
    assert.deepEqual(faults, []);
    await end();
  }
});
