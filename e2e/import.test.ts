// The main journey: set up, import 25,000 rows with a dry run, find a person by phone digits, edit, undo, export; the export
// holds every value. Then the same file again changes nothing, and undo takes the import back.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { startBrowser, visit, type Visit } from './harness/browser.ts';
import { googleRows, read, type Row, write } from './harness/csv.ts';
import { type Rolo, startRolo } from './harness/rolo.ts';

const COUNT = 25_000;
const PATIENCE = { timeout: 300_000 };
const rows = googleRows(COUNT);
const file = { name: 'contacts.csv', mimeType: 'text/csv', buffer: Buffer.from(write(rows)) };

let rolo: Rolo;
let browser: Browser;
let visitor: Visit;
let page: Page;

before(async () => {
  rolo = await startRolo();
  browser = await startBrowser();
  visitor = await visit(browser, rolo.url, { acceptDownloads: true });
  page = visitor.page;
});

after(async () => {
  await browser?.close();
  await rolo?.stop();
});

test('the first account is made with the code from the console', async () => {
  await page.goto('/');
  await page.waitForURL('**/setup');
  await page.getByLabel('One-time code').fill('AAAA-AAAA');
  await page.getByLabel('Your name').fill('Noor Haddad');
  await page.getByLabel('E-mail').fill('noor@rolo.example');
  await page.getByLabel('Password', { exact: true }).fill('five quiet harbour mornings');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('This is not the code in the console.').waitFor();
  assert.equal(await page.getByLabel('One-time code').getAttribute('aria-invalid'), 'true');
  await page.getByLabel('One-time code').fill(rolo.code!);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('Your book is empty').waitFor();
});

test('a dry run says what would happen to each of 25,000 rows, and writes nothing', async () => {
  await page.getByRole('link', { name: 'Import' }).first().click();
  await page.getByLabel('Choose files').setInputFiles(file);
  await page.getByText('Column in the file').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: /Import 25,000 contacts/ }).waitFor(PATIENCE);
  assert.equal(await counted('New'), COUNT);
  assert.equal(await counted('Refused'), 0);
});

test('the import shows its progress and ends with every row in the book', async () => {
  await page.getByRole('button', { name: /Import 25,000 contacts/ }).click();
  await page.getByText('25,000 contacts are in your book').waitFor(PATIENCE);
  await page.getByRole('link', { name: 'Show the contacts' }).click();
  await page.getByRole('row').nth(5).waitFor(PATIENCE);
});

test('a person is found by the digits of a phone, edited, and the edit undone', async () => {
  const wanted = rows[12_345]!;
  const digits = wanted['Phone 1 - Value']!.replace(/\D/g, '').slice(-7);
  await page.getByRole('combobox', { name: 'Search contacts' }).fill(digits);
  await page.getByRole('option').first().waitFor();
  await page.getByRole('option').filter({ hasText: wanted['Last Name']! }).first().click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: wanted['Last Name']! }).waitFor();
  await page.getByRole('link', { name: 'Edit' }).first().click();
  await page.getByLabel('Company').fill('Halden Oke Studio');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.hero').getByText('Halden Oke Studio').waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back').waitFor();
  await page.locator('.hero').getByText('Halden Oke Studio').waitFor({ state: 'detached' });
});

test('the export holds every value of the file that came in', async () => {
  await page.goto('/');
  await page.getByRole('row').nth(5).waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Export all contacts' }).click();
  await page.getByRole('radio', { name: /^Google CSV/ }).check();
  const [download] = await Promise.all([page.waitForEvent('download', PATIENCE), page.getByRole('link', { name: 'Download' }).click()]);
  const exported = new Map(read(await readFile(await download.path(), 'utf8')).map((row) => [row['E-mail 1 - Value'], row]));
  assert.equal(exported.size, COUNT);
  const lost = rows.flatMap((row) => missing(row, exported.get(row['E-mail 1 - Value'])));
  assert.deepEqual(lost.slice(0, 10), [], `${lost.length} values are missing`);
  // The control: one value taken out of the export is missed by the same comparison.
  const spoilt = { ...exported.get(rows[0]!['E-mail 1 - Value'])!, 'Last Name': '' };
  assert.equal(missing(rows[0]!, spoilt).length, 1);
});

test('the same file again changes nothing', async () => {
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles(file);
  await page.getByText('Column in the file').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Nothing to import' }).waitFor(PATIENCE);
  assert.equal(await counted('Same'), COUNT);
});

test('undo takes the whole import back', async () => {
  await page.goto('/import');
  await page.getByRole('link', { name: 'Open' }).first().click();
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByText('The import was taken back').first().waitFor(PATIENCE);
  await page.goto('/');
  await page.getByText('Your book is empty').waitFor(PATIENCE);
});

test('nothing went wrong on the way, in the page or in the log', () => {
  assert.deepEqual(visitor.faults, []);
  assert.doesNotMatch(rolo.log(), /ERROR|panicked/);
});

/** The number on a verdict's button. */
async function counted(verdict: string): Promise<number> {
  const button = page.getByRole('group', { name: 'Rows by verdict' }).getByRole('button').filter({ hasText: verdict });
  return Number((await button.locator('b').first().innerText()).replace(/\D/g, ''));
}

/** Values of `row` that stand nowhere in `out` under the same kind of column; numbered groups may be numbered otherwise. */
function missing(row: Row, out: Row | undefined): string[] {
  if (!out) return [`the whole row of ${row['E-mail 1 - Value']}`];
  const kind = (column: string) => column.replace(/ \d+ - /, ' - ');
  const said = new Set(Object.entries(out).map(([column, value]) => `${kind(column)}=${normal(column, value)}`));
  const entries = Object.entries(row).filter(([, value]) => value !== '');
  return entries.map(([column, value]) => `${kind(column)}=${normal(column, value)}`).filter((value) => !said.has(value));
}

/** Labels are a set; everything else is compared as it stands, but for the space Google puts before a yearless birthday. */
function normal(column: string, value: string): string {
  return column === 'Labels' ? value.split(' ::: ').sort().join(' ::: ') : value.trim();
}
