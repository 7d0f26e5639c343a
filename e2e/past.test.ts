// What was done and who is there, told by the server: a batch opened in its place, the book as it was, members, the order of names.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { call, contact, made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { stage } from './harness/stage.ts';
import { same } from './harness/until.ts';

const on = stage();

async function opened() {
  const visitor = await visit(on.browser, on.rolo.url);
  await signIn(visitor.page, on.noor);
  return visitor;
}

test('the history opens what a batch changed in its place', async () => {
  const { page, faults, end } = await opened();
  const { id } = await made(page, { name: { full: 'Olu Finch' }, notes: { a: { note: 'old words' } } });
  const [note] = Object.keys((await contact(page, id)).card.notes as object);
  const patch = { 'content-type': 'application/merge-patch+json', 'if-match': '*' };
  assert.equal((await call(page, 'PATCH', `/v1/contacts/${id}`, { card: { notes: { [note!]: { note: 'new words' } } } }, patch)).status, 200);
  await page.goto('/history');
  const newest = page.getByRole('main').getByRole('listitem').first();
  const details = newest.getByRole('button', { name: /^What changed/ });
  await details.click();
  await newest.getByRole('link', { name: 'Olu Finch' }).waitFor();
  assert.deepEqual([await newest.locator('del bdi').innerText(), await newest.locator('ins bdi').innerText()], ['old words', 'new words']);
  await details.click();
  await newest.getByRole('link', { name: 'Olu Finch' }).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await end();
});

test('the book goes back to how it was, after a look at what would change, and Undo brings the present back', async () => {
  const { page, faults, end } = await opened();
  const stays = await made(page, { name: { full: 'Stays Put' } });
  const goes = await made(page, { name: { full: 'Goes Away' } });
  // A moment is told in whole seconds: what comes after it has to come in a later one.
  const then = (await call<{ updated_at: string }>(page, 'GET', `/v1/contacts/${goes.id}`)).body.updated_at;
  const moment = Math.floor(Date.parse(then) / 1000) * 1000 + 1000;
  await page.waitForFunction((moment) => Date.now() > moment + 50, moment);
  const patch = { 'content-type': 'application/merge-patch+json', 'if-match': '*' };
  await call(page, 'PATCH', `/v1/contacts/${stays.id}`, { card: { name: { full: 'Renamed Since' } } }, patch);
  await call(page, 'DELETE', `/v1/contacts/${goes.id}`, undefined, { 'if-match': '*' });
  const comes = await made(page, { name: { full: 'Came Later' } });
  const names = async () => {
    const { items } = (await call<{ items: { name: string }[] }>(page, 'GET', '/v1/contacts?limit=100')).body;
    return items.map((one) => one.name).filter((name) => ['Stays Put', 'Goes Away', 'Renamed Since', 'Came Later'].includes(name)).sort();
  };
  await page.goto('/history');
  await page.getByRole('button', { name: 'The book as it was…' }).click();
  const dialog = page.getByRole('dialog', { name: 'The book as it was' });
  const local = await page.evaluate((at) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19), moment);
  await dialog.getByLabel('Day and time').fill(local);
  await dialog.getByRole('button', { name: 'Show what would change' }).click();
  for (const line of ['1 contact comes back', '1 contact goes to the bin', '1 contact says again what was there']) await dialog.getByText(line).waitFor();
  await dialog.getByText('Came Later').waitFor();
  assert.deepEqual(await names(), ['Came Later', 'Renamed Since'], 'a look changes nothing');
  await dialog.getByRole('button', { name: 'Go back to it' }).click();
  await page.getByText('The book is as it was').waitFor();
  assert.deepEqual(await names(), ['Goes Away', 'Stays Put']);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back', { exact: true }).first().waitFor();
  await page.waitForFunction(async (id) => (await fetch(`/v1/contacts/${id}`)).status === 200, comes.id);
  await same(names, ['Came Later', 'Renamed Since'], 'who is in the book');
  assert.deepEqual(faults, []);
  await end();
});

test('members are named with their roles, and names are shown in the order one chose', async () => {
  const { page, faults, end } = await opened();
  const { organisation } = (await call<{ organisation: { id: string } }>(page, 'GET', '/v1/account')).body;
  const file = await on.rolo.secretFile('seven quiet harbour nights');
  await on.rolo.command('user', 'add', '--email', 'mel@rolo.example', '--name', 'Mel Lee', '--password-file', file, '--organisation', organisation.id, '--role', 'member');
  await page.goto(`/organisations/${organisation.id}/details`);
  await page.getByRole('main').getByText('mel@rolo.example').waitFor();
  for (const member of [/Noor Haddad[\s\S]*Owner/, /Mel Lee[\s\S]*Member/]) await page.getByRole('main').filter({ hasText: member }).waitFor();
  await made(page, { name: { components: [{ kind: 'given', value: 'Ann' }, { kind: 'surname', value: 'Byrne' }], full: 'Ann Byrne' } });
  await made(page, { name: { components: [{ kind: 'surname', value: '田中' }, { kind: 'given', value: '太郎' }], isOrdered: true, full: '田中太郎' } });
  await page.goto('/settings');
  const kept = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.url().endsWith('/v1/account'));
  await page.getByText('Last, First').click();
  await kept;
  await page.goto('/');
  await page.getByRole('row', { name: /Byrne, Ann/ }).waitFor();
  await page.getByRole('row', { name: /田中/ }).waitFor();
  assert.equal(await page.getByRole('row', { name: /田中,/ }).count(), 0);
  await page.getByRole('row', { name: /Byrne, Ann/ }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Byrne, Ann' }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});
