// What a command does beside the running server is what the door does: the same accounts, the same contacts, the same file.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { signIn, visit } from './harness/browser.ts';
import { googleRows, write } from './harness/csv.ts';
import { stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const COUNT = 300;
const text = write(googleRows(COUNT));

const on = stage();
let token: string;

test('an account made by command signs in at the door, and set-up is over', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  assert.equal((await fetch(`${on.rolo.url}/v1/setup`)).status, 404);
  await page.goto('/setup');
  await page.waitForURL(/\/sign-in/);
  await signIn(page, on.noor);
  await page.getByText('Your book is empty').waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('a token made by command opens the door; another one does not', async () => {
  const made = await on.rolo.command('token', 'add', '--email', on.noor.email, '--name', 'journey');
  token = String(made['token']);
  const account = (await json('/v1/account')) as { email: string };
  assert.equal(account.email, on.noor.email);
  const { items } = (await json('/v1/tokens')) as { items: { id: string; name: string }[] };
  assert.deepEqual(items.map(({ id, name }) => ({ id, name })), [{ id: made['id'], name: 'journey' }]);
  assert.equal((await asked('/v1/account', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).status, 401);
});

test('a file imported by command is in the book of whoever looks at it', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  await page.getByText('Your book is empty').waitFor();
  const file = join(on.rolo.data, 'people.csv');
  await writeFile(file, text);
  const dry = await on.rolo.command('import', file, '--email', on.noor.email, '--dry-run');
  assert.deepEqual([dry['created'], dry['refused']], [COUNT, 0]);
  assert.equal(((await json('/v1/contacts?limit=1')) as { total: number }).total, 0);
  const done = await on.rolo.command('import', file, '--email', on.noor.email);
  assert.deepEqual([done['created'], done['updated'], done['refused']], [COUNT, 0, 0]);
  assert.equal(((await json('/v1/contacts?limit=1')) as { total: number }).total, COUNT);
  const again = await on.rolo.command('import', file, '--email', on.noor.email);
  assert.deepEqual([again['created'], again['same']], [0, COUNT]);
  await page.reload();
  await page.getByRole('row').nth(5).waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('an export by command is the file that the door gives, in every format', async () => {
  for (const format of ['google-csv', 'outlook-csv', 'vcard3', 'vcard4', 'jscontact']) {
    const byDoor = await (await asked(`/v1/exports?format=${format}`)).text();
    const byCommand = await on.rolo.output('export', '--email', on.noor.email, '--format', format);
    assert.ok(byDoor.length > COUNT * 20, format);
    assert.equal(byCommand, byDoor, format);
  }
});

test('an import by command beside one at the door: both are whole', async () => {
  const { items } = (await json('/v1/books')) as { items: { id: string }[] };
  const other = googleRows(COUNT * 2).slice(COUNT);
  const file = join(on.rolo.data, 'more.csv');
  await writeFile(file, write(other.slice(0, COUNT / 2)));
  const [byCommand, byDoor] = await Promise.all([
    on.rolo.command('import', file, '--email', on.noor.email),
    importAtTheDoor(items[0]!.id, write(other.slice(COUNT / 2))),
  ]);
  assert.equal(byCommand['created'], COUNT / 2);
  assert.equal(byDoor.counts.new, COUNT / 2);
  assert.equal(((await json('/v1/contacts?limit=1')) as { total: number }).total, COUNT * 2);
  assert.doesNotMatch(on.rolo.log(), /ERROR|panicked/);
});

interface Import { id: string; state: string; counts: { new: number } }

async function importAtTheDoor(book: string, body: string): Promise<Import> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
  const uploaded = await fetch(`${on.rolo.url}/v1/imports?book=${book}&name=more.csv`, { method: 'POST', headers, body });
  assert.equal(uploaded.status, 201);
  const { id } = (await uploaded.json()) as Import;
  await reached(id, 'checked');
  const running = await fetch(`${on.rolo.url}/v1/imports/${id}/run`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"check":"skip"}' });
  assert.equal(running.status, 202);
  return reached(id, 'done');
}

/** The import once it has got there; it must neither fail nor go elsewhere. */
async function reached(id: string, state: string): Promise<Import> {
  const now = async () => (await json(`/v1/imports/${id}`)) as Import;
  await until(async () => {
    const { state: is } = await now();
    assert.ok([state, 'reading', 'running'].includes(is), `it is ${is}`);
    return is === state;
  }, `the import is never ${state}`);
  return now();
}

function asked(path: string, secret = token): Promise<Response> {
  return fetch(on.rolo.url + path, { headers: { authorization: `Bearer ${secret}` } });
}

async function json(path: string): Promise<unknown> {
  const answer = await asked(path);
  assert.equal(answer.status, 200, path);
  return answer.json();
}
