// Values made to do harm, in every place that shows them: they are text and nothing else. Every page's policy allows no
// inline code, and nobody else is asked for anything. Controls show that the tripwire would be tripped.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page, Route } from 'playwright-core';

import { call, made } from './harness/api.ts';
import { go as within, signIn, visit } from './harness/browser.ts';
import { stage } from './harness/stage.ts';
import { hostile, NOTHING, tripped, VALUES, watch } from './harness/tripwire.ts';
import { until } from './harness/until.ts';

const on = stage();
const HTML = VALUES.html;
const MERGE = { 'content-type': 'application/merge-patch+json', 'if-match': '*' };

/** A visit that is watched: every document's policy is read, every request's origin is written down. */
async function watched() {
  const visitor = await visit(on.browser, on.rolo.url);
  const { page } = visitor;
  const policies: string[] = [];
  const origins = new Set<string>();
  page.on('response', (answer) => {
    if (answer.request().resourceType() === 'document') policies.push(answer.headers()['content-security-policy'] ?? 'none');
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url())) origins.add(new URL(request.url()).origin);
  });
  await watch(page);
  await signIn(page, on.noor);
  return {
    ...visitor,
    async done() {
      assert.deepEqual(visitor.faults, []);
      assert.ok(policies.length > 0 && policies.every((one) => /script-src 'self'/.test(one) && /default-src 'none'/.test(one) && !/unsafe-|\*|https?:/.test(one)), policies.join('\n'));
      assert.deepEqual([...origins], [on.rolo.url]);
      await visitor.end();
    },
  };
}
/** Goes there within the app, and waits until the page has drawn what it asked for. */
async function go(page: Page, place: string) {
  await within(page, place);
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.bone') === null);
}
async function harmless(page: Page, where: string) {
  assert.deepEqual(await tripped(page), NOTHING, where);
  // What slides in may be outside for a moment.
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await until(async () => (await wide()) <= 0, async () => `${where} is ${await wide()} pixels too wide`);
}

test('hostile values are text wherever they show', async () => {
  const { page, done } = await watched();
  const book = (await call<{ items: { id: string }[] }>(page, 'GET', '/v1/books')).body.items[0]!.id;
  const label = (await call<{ id: string }>(page, 'POST', '/v1/labels', { book, name: HTML.slice(0, 90) })).body.id;
  const ids: string[] = [];
  for (const value of Object.values(VALUES)) ids.push((await made(page, hostile(value), { labels: [label] })).id);
  const company = (await made(page, { name: { full: HTML }, organizations: { n1: { name: HTML } } }, { kind: 'org', labels: [label] })).id;
  const { organisation } = (await call<{ organisation: { id: string } }>(page, 'GET', '/v1/account')).body;
  const told = await call(page, 'PATCH', `/v1/organisations/${organisation.id}`, { name: HTML.slice(0, 100), details: { about: HTML, address: HTML } }, MERGE);
  assert.equal(told.status, 200, JSON.stringify(told.body));
  assert.equal((await call(page, 'PATCH', '/v1/account', { name: HTML.slice(0, 90) }, { 'if-match': '*' })).status, 200);
  assert.equal((await call(page, 'POST', '/v1/tokens', { name: HTML.slice(0, 90), kind: 'api' })).status, 201);
  const thrown = await made(page, hostile(HTML), { labels: [label] });
  await call(page, 'DELETE', `/v1/contacts/${thrown.id}`, undefined, { 'if-match': '*' });
  const veiled = await made(page, hostile(HTML));
  await call(page, 'PUT', `/v1/contacts/${veiled.id}/hidden`);
  // A card that changed tells what it was and what it is.
  await call(page, 'PATCH', `/v1/contacts/${ids[0]}`, { card: { notes: { n1: { note: `${HTML} and more` } }, titles: { n1: { name: VALUES.markup } } } }, MERGE);
  await page.goto('/');
  await page.locator('.person[data-id]').nth(3).waitFor();
  await harmless(page, 'the list');
  const places = [
    '/bin', '/history', '/hidden', `/merge?of=${ids[0]},${ids[1]},${ids[8]}`, `/labels/${label}`, `/search?q=${encodeURIComponent('onerror trip')}`, '/companies', `/organisations/${organisation.id}/details`, '/print', `/print?label=${label}`, '/settings', `/contacts/${company}`,
    ...ids.flatMap((id) => [`/contacts/${id}`, `/contacts/${id}/edit`, `/contacts/${id}/print`]), `/nowhere/${encodeURIComponent(HTML)}`, `/search?q=${encodeURIComponent(HTML)}`,
  ];
  for (const place of places) {
    await go(page, place);
    await harmless(page, place);
  }
  // What is shown is what was said, in the window's title too.
  await go(page, `/contacts/${ids[0]}`);
  await page.getByText(HTML).first().waitFor();
  await page.waitForFunction((html) => document.title.startsWith(html), HTML);
  await page.getByText('and more').last().waitFor();
  await page.getByRole('button', { name: 'Show code' }).click();
  await page.getByRole('dialog').waitFor();
  await harmless(page, 'the code');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Label', exact: true }).click();
  await page.getByLabel('Find or name a label').fill(VALUES.markup);
  await harmless(page, 'labels of a contact');
  await page.keyboard.press('Escape');
  // A toast that names somebody, and the same toast taken back.
  await page.locator('h1').focus();
  await page.keyboard.press('#');
  await page.locator('.snack').filter({ hasText: 'is in the bin' }).waitFor();
  await page.locator('.snack').filter({ hasText: 'onerror' }).waitFor();
  await harmless(page, 'a toast');
  await page.keyboard.press('Control+z');
  await page.locator('.snack').filter({ hasText: 'Taken back' }).waitFor();
  // Pasted, and searched for at each keystroke, the hits marked.
  await go(page, '/contacts/many');
  await page.getByLabel('People').fill(`${HTML}\n${VALUES.template}\n${VALUES.markup} <a@b.example>`);
  await page.getByRole('row').nth(2).waitFor();
  await harmless(page, 'pasted');
  await page.getByLabel('People').fill('');
  await go(page, '/');
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('onerror');
  await page.getByRole('option').locator('mark').first().waitFor();
  await harmless(page, 'searched');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('.person[data-id]').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Labels' }).click();
  await page.getByRole('dialog').waitFor();
  await harmless(page, 'labels of those chosen');
  await page.keyboard.press('Escape');
  // Two people change one card to something hostile: both sides are shown.
  const named = (given: string) => ({ components: [{ kind: 'given', value: given }, { kind: 'surname', value: 'Lee' }] });
  const both = (await made(page, { name: named('Ann') })).id;
  await go(page, `/contacts/${both}/edit`);
  await page.getByLabel('First name').fill(HTML);
  await call(page, 'PATCH', `/v1/contacts/${both}`, { card: { name: named(VALUES.markup) } }, MERGE);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alertdialog').getByText('onerror').first().waitFor();
  await harmless(page, 'a conflict');
  await page.getByRole('button', { name: 'Discard' }).click();
  await done();
});

test('a hostile file is text in every step of its import, in the report and in the history', async () => {
  const { page, done } = await watched();
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const few = Object.values(VALUES).map((value) => value.replaceAll('\u0000', ''));
  const lines = [['First name', 'Email', ...few.slice(0, 4), HTML].map(quoted).join(','), ...few.map((value) => [value, `${few.indexOf(value)}@post.example`, value, value, value, value, value].map(quoted).join(','))];
  const card = (value: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${value}\r\nN:${value.replaceAll(';', '\\;')};;;;\r\nNOTE:${value}\r\nCATEGORIES:${value.slice(0, 60)}\r\nX-HOSTILE:${value}\r\nEND:VCARD\r\n`;
  const name = '"><img data-tripwire src=x onerror=trip()>';
  const files = [
    { name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) },
    { name: `${name}.vcf`, mimeType: 'text/vcard', buffer: Buffer.from(card(`Zoe ${HTML}`) + card(`Yan ${VALUES.markup}`) + `BEGIN:VCARD\r\n${HTML}\r\n`) },
  ];
  for (const file of files) {
    await go(page, '/import');
    await page.getByText('Drop it here').waitFor();
    await page.getByLabel('Choose files').setInputFiles(file);
    if (file.name.endsWith('.csv')) {
      await page.getByRole('button', { name: 'Check' }).waitFor();
      await page.getByText('onerror').first().waitFor();
      await harmless(page, 'columns of a file');
      await page.getByRole('button', { name: 'Check' }).click();
    }
    const act = page.getByRole('button', { name: /^Import \d+ contact/ });
    await act.waitFor({ timeout: 60_000 }).catch(async () => assert.fail(await page.locator('main').innerText()));
    await page.getByRole('table').getByText('onerror').first().waitFor();
    await harmless(page, 'the check of a file');
    await act.click();
    await page.getByText(/in your book/).first().waitFor();
    await harmless(page, 'the end of an import');
  }
  // Every verdict, every reason and every change, as if a server said them.
  const id = new URL(page.url()).pathname.split('/').at(-1)!;
  const shape = (await call<Record<string, unknown>>(page, 'GET', `/v1/imports/${id}`)).body;
  const rows = ['new', 'update', 'same', 'check', 'refused'].map((verdict, at) => ({ row: at + 1, verdict, name: HTML, why: HTML, decision: null, contact: null, changes: [{ path: HTML, label: HTML, before: HTML, after: VALUES.markup }] }));
  const still = (route: Route) => route.fulfill({ json: route.request().url().includes('/rows') ? { items: rows, next: null, total: rows.length } : { ...shape, state: 'checked', batch: null, left_out: [HTML], name: HTML, counts: { new: 1, update: 1, same: 1, check: 1, refused: 1 }, rows: 5 } });
  await page.route(/\/v1\/imports\/[^/]+(?:\/rows.*)?$/, still);
  await page.reload();
  await page.getByRole('button', { name: 'See changes' }).first().click();
  await page.locator('del.was').first().waitFor();
  await until(async () => (await page.getByRole('table').getByText(HTML, { exact: true }).count()) >= 10, 'each of them is shown');
  await harmless(page, 'reasons and changes');
  const halted = (route: Route) => route.fulfill({ json: { ...shape, state: 'failed', why: HTML, name: HTML } });
  await page.unroute(/\/v1\/imports\/[^/]+(?:\/rows.*)?$/, still);
  await page.route('**/v1/imports/*', halted);
  await page.reload();
  await page.getByRole('alert').getByText('onerror').waitFor();
  await harmless(page, 'an import that stopped');
  await page.unroute('**/v1/imports/*', halted);
  await go(page, '/history');
  await page.getByText('onerror').first().waitFor();
  await harmless(page, 'the history of an import');
  await go(page, '/import');
  await page.getByRole('region', { name: 'Earlier imports' }).getByText('onerror').first().waitFor();
  await harmless(page, 'earlier imports');
  await done();
});

test('the tripwire is tripped by a page that writes such a value as HTML (the control)', async () => {
  const { page, end } = await visit(on.browser, on.rolo.url);
  await watch(page);
  await signIn(page, on.noor);
  await page.evaluate((html) => {
    const place = document.createElement('div');
    place.innerHTML = html;
    document.body.append(place);
    const link = document.createElement('a');
    link.href = 'javascript:trip()';
    document.body.append(link);
    const elsewhere = document.createElement('img');
    elsewhere.src = 'http://127.0.0.1:9/elsewhere.png';
    document.body.append(elsewhere);
  }, HTML);
  await page.waitForFunction(() => (window as unknown as { seen: { tripped: string[] } }).seen.tripped.some((one) => one.includes('img-src')));
  const found = await tripped(page);
  assert.ok(found.elements >= 3 && found.handlers >= 2, JSON.stringify(found));
  assert.deepEqual(found.links, ['javascript:trip()']);
  // The policy stops what got in: nothing of it has run, and nobody else was asked.
  assert.ok(found.ran.length > 0 && found.ran.every((one) => one.startsWith('stopped')), JSON.stringify(found.ran));
  await end();
});
