// News as they come: what another browser, another tab or a command does shows by itself, and disturbs nobody who types.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { call, contact, made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const on = stage();
/** A page asks by itself every 20 s, and after a line that broke: here it never does, so that what comes is news and can take its time. */
const DEAF_MS = 20_000;
const SOON = { timeout: 60_000 };

/** Noor in a browser of her own that looks at no clock, once it listens. */
async function listening() {
  const visitor = await visit(on.browser, on.rolo.url);
  await visitor.page.context().addInitScript((deaf) => {
    for (const timer of ['setInterval', 'setTimeout'] as const) {
      const own = window[timer].bind(window) as (act: TimerHandler, ms?: number, ...more: unknown[]) => number;
      Object.assign(window, { [timer]: (act: TimerHandler, ms?: number, ...more: unknown[]) => ((ms ?? 0) >= deaf ? 0 : own(act, ms, ...more)) });
    }
  }, DEAF_MS);
  const line = visitor.page.waitForResponse((response) => response.url().includes('/v1/events'));
  await signIn(visitor.page, on.noor);
  assert.equal((await line).headers()['content-type'], 'text/event-stream');
  return visitor;
}

test('what another browser and a command change shows without a reload', async () => {
  const { page, faults, end } = await listening();
  const other = await visit(on.browser, on.rolo.url);
  await signIn(other.page, on.noor);
  const bo = await made(other.page, { name: { full: 'Bo Lindqvist' } });
  await page.getByRole('row', { name: /Bo Lindqvist/ }).waitFor(SOON);
  await page.goto(`/contacts/${bo.id}`);
  await page.getByRole('heading', { name: 'Bo Lindqvist' }).waitFor();
  await call(other.page, 'PATCH', `/v1/contacts/${bo.id}`, { card: { name: { full: 'Bo Lindqvist-Ek' } } }, { 'If-Match': '*' });
  await page.getByRole('heading', { name: 'Bo Lindqvist-Ek' }).waitFor(SOON);
  await page.goto('/');
  const file = join(tmpdir(), `rolo-live-${process.pid}.vcf`);
  await writeFile(file, 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:By Command\r\nN:Command;By;;;\r\nEND:VCARD\r\n');
  await on.rolo.command('import', file, '--email', on.noor.email);
  await rm(file);
  await page.getByRole('row', { name: /By Command/ }).waitFor(SOON);
  assert.deepEqual([...faults, ...other.faults], []);
  await end();
  await other.end();
});

test('what only the server finds is found as soon as its index has it, without another key', async () => {
  const { page, faults, end } = await listening();
  const { id } = await made(page, { name: { full: 'Una Ek' } });
  const row = page.getByRole('row', { name: /Una Ek/ });
  await row.waitFor(SOON);
  await page.goto('/search?q=ukulele');
  await page.getByRole('heading', { name: 'Nobody found' }).waitFor();
  const other = await visit(on.browser, on.rolo.url);
  await signIn(other.page, on.noor);
  await call(other.page, 'PATCH', `/v1/contacts/${id}`, { card: { notes: { n: { note: 'Lent me the ukulele' } } } }, { 'If-Match': '*' });
  await row.waitFor(SOON);
  // An index that is behind says so, and is asked again: here it is once as if it were.
  let asked = 0;
  await page.route('**/v1/contacts?q=*', async (route) => {
    asked += 1;
    if (asked === 1) await route.fulfill({ json: { items: [], next: null, total: 0, behind: true } });
    else await route.continue();
  });
  await page.reload();
  await row.waitFor(SOON);
  await until(() => asked >= 2, () => Promise.resolve(`asked ${asked} times`));
  assert.deepEqual([...faults, ...other.faults], []);
  await end();
  await other.end();
});

test('a form that is being filled is left alone, and what was typed meets the news when it is saved', async () => {
  const { page, faults, end } = await listening();
  const other = await visit(on.browser, on.rolo.url);
  await signIn(other.page, on.noor);
  const { id } = await made(other.page, { name: { full: 'Typed Into' }, notes: { a: { note: 'old' } } });
  await page.goto(`/contacts/${id}/edit`);
  await page.getByLabel('Notes').fill('what I type');
  const asked = page.waitForResponse((response) => response.url().includes('/v1/changes'), SOON);
  await call(other.page, 'PATCH', `/v1/contacts/${id}`, { card: { organizations: { o: { name: 'Halden' } } } }, { 'If-Match': '*' });
  await asked;
  assert.equal(await page.getByLabel('Notes').inputValue(), 'what I type');
  assert.equal(await page.getByLabel('Company', { exact: true }).inputValue(), '');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Nothing you typed collides with it.').waitFor();
  await page.getByRole('button', { name: 'Save with these choices' }).click();
  await page.waitForURL(new RegExp(`/contacts/${id}$`));
  const { card } = await contact(page, id);
  assert.deepEqual([Object.values(card.notes as object), Object.values(card.organizations as object)], [[{ note: 'what I type' }], [{ name: 'Halden' }]]);
  assert.deepEqual([...faults, ...other.faults], []);
  await end();
  await other.end();
});

test('one tab listens for all tabs of a browser, and another takes over when it is closed', async () => {
  const { page, faults, end } = await listening();
  const second = await page.context().newPage();
  const lines: string[] = [];
  second.on('request', (request) => request.url().includes('/v1/events') && lines.push(request.url()));
  await second.goto('/');
  await second.getByRole('heading', { name: /^Contacts/ }).waitFor();
  const other = await visit(on.browser, on.rolo.url);
  await signIn(other.page, on.noor);
  await made(other.page, { name: { full: 'Heard Through' } });
  await second.getByRole('row', { name: /Heard Through/ }).waitFor(SOON);
  assert.deepEqual(lines, []);
  const line = second.waitForRequest((request) => request.url().includes('/v1/events'), SOON);
  await page.close();
  await line;
  await made(other.page, { name: { full: 'Heard Alone' } });
  await second.getByRole('row', { name: /Heard Alone/ }).waitFor(SOON);
  assert.deepEqual([...faults, ...other.faults], []);
  await end();
  await other.end();
});
