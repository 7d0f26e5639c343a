// The import wizard, step by step, with files as programs write them: columns are placed, rows are decided on one by one, a
// reload finds each step as it was left, the report says what became of each row, and undo takes all of it back.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import type { Locator, Page } from 'playwright-core';

import { call, made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { googleRows, read, write } from './harness/csv.ts';
import { stage } from './harness/stage.ts';
import { same, until } from './harness/until.ts';

const PATIENCE = { timeout: 300_000 };
const MANY = 15_000;
const on = stage();
const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

async function opened() {
  const visitor = await visit(on.browser, on.rolo.url, { acceptDownloads: true });
  await signIn(visitor.page, on.noor);
  await visitor.page.goto('/import');
  return visitor;
}
const total = (page: Page) => call<{ total: number }>(page, 'GET', '/v1/contacts?limit=1').then(({ body }) => body.total);
const choose = (page: Page, files: Parameters<ReturnType<Page['getByLabel']>['setInputFiles']>[0]) => page.getByLabel('Choose files').setInputFiles(files);
/** Chooses there, and waits until the server has it. */
async function decides(page: Page, choice: Locator, value: string) {
  const decided = page.waitForResponse((answer) => answer.url().endsWith('/decision'));
  await choice.selectOption(value);
  assert.ok((await decided).ok());
}
const verdict = (page: Page, name: RegExp) => page.getByRole('group', { name: 'Rows by verdict' }).getByRole('button', { name });

test('columns are placed, each row is decided on, the report says what became of it, and undo takes all back', async () => {
  const { page, faults, end } = await opened();
  await made(page, { name: { components: [{ kind: 'given', value: 'Saga' }, { kind: 'surname', value: 'Olsson' }] }, emails: { n1: { address: 'saga@akesson.example' } } });
  await made(page, { name: { components: [{ kind: 'given', value: 'Nils' }, { kind: 'surname', value: 'Öberg' }] }, emails: { n1: { address: 'nils@old.example' } } });
  const before = await total(page);
  await choose(page, {
    name: 'besökare.csv', mimeType: 'text/csv',
    buffer: Buffer.from('Förnamn;Efternamn;E-post;Monter;Skräp\nSaga;Åkesson;saga@akesson.example;C14;x\nNils;Öberg;nils@oberg.example;C15;y\nTove;Ek;tove@ek.example;C16;z\nMoa;Lind;moa@lind.example;C17;å\n'),
  });
  await page.getByText('Column in the file').waitFor(PATIENCE);
  const goesInto = (column: string) => page.getByRole('combobox', { name: `${column} goes into`, exact: true });
  await goesInto('Monter').selectOption('nickname');
  await goesInto('Skräp').selectOption('');
  await page.getByText('4 of 5 columns kept').waitFor();
  await page.getByRole('group', { name: 'Where E-post goes' }).getByRole('combobox', { name: 'Label' }).fill('Work');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Import 2 contacts' }).waitFor(PATIENCE);
  await page.reload();
  await page.getByRole('button', { name: 'Import 2 contacts' }).waitFor(PATIENCE);
  await verdict(page, /Check/).click();
  await page.getByText('Same e-mail as Saga Olsson, different name.').waitFor();
  await decides(page, page.getByRole('combobox', { name: 'Decision for Saga Åkesson' }), 'new');
  await page.getByRole('button', { name: 'Import 3 contacts' }).waitFor();
  await page.reload();
  await verdict(page, /Check/).click();
  await same(() => page.getByRole('combobox', { name: 'Decision for Saga Åkesson' }).inputValue(), 'new', 'the decision after a reload');
  assert.equal(await total(page), before, 'nothing is written yet');
  await page.getByRole('button', { name: /^Import 3 contacts/ }).click();
  await page.getByRole('link', { name: 'Download the report' }).waitFor(PATIENCE);
  assert.equal(await total(page), before + 3);
  // The index follows what was written within a moment.
  const found = async () => (await call<{ items: { id: string }[] }>(page, 'GET', '/v1/contacts?q=tove')).body.items;
  await until(async () => (await found()).length > 0, 'the search never finds her');
  const [first] = await found();
  const { body: tove } = await call<{ card: Record<'nicknames' | 'emails', Record<string, { name: string; contexts: unknown }>> }>(page, 'GET', `/v1/contacts/${first!.id}`);
  assert.deepEqual([Object.values(tove.card.nicknames).map((one) => one.name), JSON.stringify(tove).includes('"z"')], [['C16'], false]);
  assert.deepEqual(Object.values(tove.card.emails).map((one) => one.contexts), [{ work: true }]);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the report' }).click()]);
  const report = read(await readFile(await download.path(), 'utf8'));
  assert.equal(report.length >= 4, true, JSON.stringify(report));
  assert.match(JSON.stringify(report), /Öberg/);
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByText('The import was taken back').first().waitFor(PATIENCE);
  assert.equal(await total(page), before);
  assert.deepEqual(faults, []);
  await end();
});

test('where several cards fit, the one to update is chosen', async () => {
  const { page, faults, end } = await opened();
  const twin = (note: string) => made(page, { name: { components: [{ kind: 'given', value: 'Tvilling' }, { kind: 'surname', value: 'Ahl' }] }, emails: { n1: { address: 'ahl@twin.example' } }, phones: { n1: { number: note } } });
  const [first, second] = [await twin('+46 70 111'), await twin('+46 70 222')];
  await page.reload();
  await choose(page, { name: 'one.csv', mimeType: 'text/csv', buffer: Buffer.from('First Name,Last Name,E-mail 1 - Value,Notes\nTvilling,Ahl,ahl@twin.example,Chosen\n') });
  await page.getByText('Column in the file').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText(/Several contacts fit/).waitFor(PATIENCE);
  await decides(page, page.getByRole('combobox', { name: 'Decision for Tvilling Ahl' }), 'update');
  await decides(page, page.getByRole('combobox', { name: 'Card that Tvilling Ahl updates' }), second.id);
  await page.getByRole('button', { name: 'Import 1 contact' }).click();
  await page.getByRole('button', { name: 'Undo the import' }).waitFor(PATIENCE);
  const noted = async (id: string) => JSON.stringify((await call(page, 'GET', `/v1/contacts/${id}`)).body).includes('Chosen');
  assert.deepEqual([await noted(first.id), await noted(second.id)], [false, true]);
  assert.deepEqual(faults, []);
  await end();
});

test('a reload and a look elsewhere find a running import where it is', async () => {
  const { page, faults, end } = await opened();
  const before = await total(page);
  await choose(page, { name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(write(googleRows(MANY))) });
  await page.getByText('Column in the file').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Import 15,000 contacts' }).click(PATIENCE);
  const progress = page.getByRole('status').filter({ hasText: /of 15,000/ });
  await progress.waitFor(PATIENCE);
  await page.reload();
  await progress.waitFor(PATIENCE);
  await page.goto('/import');
  await page.getByRole('link', { name: 'Watch' }).click(PATIENCE);
  await page.getByText('15,000 contacts are in your book').waitFor(PATIENCE);
  assert.equal(await total(page), before + MANY);
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByText('The import was taken back').first().waitFor(PATIENCE);
  assert.deepEqual(faults, []);
  await end();
});

for (const [name, files] of [
  ['a Google table', ['import/google.csv']], ['an Outlook table', ['import/outlook.csv']], ['a JSContact file', ['import/cards.json']],
  ['cards of an iPhone and of Outlook 2.1 together', ['cards/apple-ios/01-mobile-as-label.vcf', 'cards/outlook-2.1/01-quoted-printable.vcf']],
] as const) {
  test(`${name} comes in, and is taken back`, async () => {
    const { page, faults, end } = await opened();
    const before = await total(page);
    await choose(page, files.map(fixture));
    const check = page.getByRole('button', { name: 'Check', exact: true });
    const act = page.getByRole('button', { name: /^Import [\d,]+ contacts?$/ });
    await check.or(act).first().waitFor(PATIENCE);
    if (await check.isVisible()) await check.click();
    await act.waitFor(PATIENCE);
    const many = Number((await act.innerText()).replace(/\D/g, ''));
    await act.click();
    await page.getByRole('button', { name: 'Undo the import' }).waitFor(PATIENCE);
    assert.equal(await total(page), before + many);
    await page.getByRole('button', { name: 'Undo the import' }).click();
    await page.getByText('The import was taken back').first().waitFor(PATIENCE);
    assert.equal(await total(page), before);
    assert.deepEqual(faults, []);
    await end();
  });
}

test('a table pasted from a spreadsheet comes in like a file', async () => {
  const { page, faults, end } = await opened();
  await page.getByRole('button', { name: /Paste a table/ }).click();
  await page.getByRole('textbox', { name: 'Table' }).fill('Name\tE-mail\nPasta Paul\tpaul@pasta.example\n');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Column in the file').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Import 1 contact' }).click(PATIENCE);
  await page.getByText('1 contact is in your book').waitFor(PATIENCE);
  assert.deepEqual(faults, []);
  await end();
});
