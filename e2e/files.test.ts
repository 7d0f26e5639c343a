// Files that are more than usual: imports of several at once, one that is stopped in the middle and taken back, and a choice
// of the whole of a full book that leaves and is printed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { bookOf, FULL, NOOR } from './harness/book.ts';
import { signIn, startBrowser, textOf, visit, type Visit } from './harness/browser.ts';
import { googleRows, write } from './harness/csv.ts';
import { rows as people, whole } from './harness/list.ts';
import { addAccount, type Rolo, startRolo } from './harness/rolo.ts';
import { same } from './harness/until.ts';

const PATIENCE = { timeout: 300_000 };
const COUNT = 20_000;
const rows = googleRows(COUNT);
const csv = (name: string, from: number, to: number) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(write(rows.slice(from, to))) });
const card = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ångström;Zoë;;;\r\nFN:Zoë Ångström\r\nEMAIL:zoe@post.example\r\nEND:VCARD\r\n';

let rolo: Rolo;
let browser: Browser;
let visitor: Visit;
let page: Page;

before(async () => {
  rolo = await startRolo();
  const noor = await addAccount(rolo);
  browser = await startBrowser();
  visitor = await visit(browser, rolo.url);
  page = visitor.page;
  await signIn(page, noor);
});

after(async () => {
  await browser?.close();
  await rolo?.stop();
});

test('several files are one import: one dry run, one undo, and what holds no contacts is named', async () => {
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles([
    csv('first.csv', 0, 40), csv('second.csv', 40, 60), { name: 'Zoë.vcf', mimeType: 'text/vcard', buffer: Buffer.from(card) },
    { name: 'portrait.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]) },
  ]);
  await page.getByText('4 files.zip').waitFor(PATIENCE);
  const goesInto = page.getByRole('combobox', { name: 'First Name goes into', exact: true });
  assert.equal(await goesInto.locator('option:checked').innerText(), 'First name');
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText('Left out, because no contacts are in it: portrait.png.').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Import 61 contacts' }).click();
  await page.getByText('61 contacts are in your book').waitFor(PATIENCE);
  await page.getByRole('link', { name: 'Show the contacts' }).click();
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('angstrom');
  await page.getByRole('option').filter({ hasText: 'Zoë Ångström' }).waitFor();
  await page.goto('/import');
  await page.getByRole('link', { name: 'Open' }).first().click();
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByText('The import was taken back').first().waitFor(PATIENCE);
  await emptyBook();
});

test('a .zip among other files is refused before anything is sent', async () => {
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles([csv('first.csv', 0, 2), { name: 'more.zip', mimeType: 'application/zip', buffer: Buffer.from('PK') }]);
  await page.getByRole('alert').filter({ hasText: 'A .zip goes by itself.' }).waitFor();
  assert.match(page.url(), /\/import$/);
});

test('an import that is stopped in the middle says how far it came, and is taken back whole', async () => {
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles(csv('many.csv', 0, COUNT));
  await page.getByText('Column in the file').waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Import 20,000 contacts' }).click(PATIENCE);
  await page.getByRole('status').filter({ hasText: /[1-9][\d,]* of 20,000/ }).waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Stop' }).click(PATIENCE);
  const said = await page.getByRole('alert').filter({ hasText: 'Stopped after' }).innerText(PATIENCE);
  const [, done] = /Stopped after (\d+) of 20000 rows/.exec(said.replaceAll(',', '')) ?? [];
  assert.ok(Number(done) > 0 && Number(done) < COUNT, said);
  // The control: nothing goes on behind it, so the book holds what was said and no more.
  await page.goto('/');
  await page.getByRole('heading', { name: /^Contacts/ }).waitFor();
  assert.equal(await total(), Number(done));
  await page.goto('/import');
  await page.getByRole('link', { name: 'Go on' }).or(page.getByRole('link', { name: 'Open' })).first().click();
  await page.getByRole('button', { name: 'Undo the import' }).click(PATIENCE);
  await page.getByText('The import was taken back').first().waitFor(PATIENCE);
  assert.equal(await total(), 0);
  await emptyBook();
});

test('everybody of a full book is chosen one by one, leaves in each kind of file, and is printed', async (t) => {
  const full = await startRolo(await bookOf(process.env['ROLO_BINARY']!, FULL));
  t.after(() => full.stop());
  const { page, faults, end } = await visit(browser, full.url);
  await signIn(page, NOOR);
  const rows = people(page);
  await rows.nth(5).waitFor(PATIENCE);
  await whole(page);
  // One less than all: what leaves is the choice and not the book.
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+a');
  await rows.nth(2).locator('.chooser').click();
  const bar = page.getByRole('toolbar');
  const chosen = Number((await bar.getByRole('status').innerText()).replace(/\D/g, ''));
  assert.equal(chosen, Number((await page.getByRole('heading', { level: 1 }).innerText()).replace(/\D/g, '')) - 1);
  assert.ok(chosen > FULL * 0.9, `${chosen} are chosen`);
  const dialog = page.getByRole('dialog', { name: 'Export' });
  const held = {
    'Google CSV': (text: string) => text.match(/\* myContacts/g)?.length,
    'vCard 3.0': (text: string) => text.match(/^BEGIN:VCARD\r$/gm)?.length,
    JSContact: (text: string) => (JSON.parse(text) as unknown[]).length,
  };
  for (const [format, count] of Object.entries(held)) {
    await bar.getByRole('button', { name: 'Export those selected' }).click();
    await dialog.getByRole('radio', { name: format }).check();
    const [download] = await Promise.all([page.waitForEvent('download', PATIENCE), dialog.getByRole('button', { name: 'Download' }).click()]);
    assert.equal(count(await textOf(download)), chosen, format);
    await dialog.waitFor({ state: 'detached' });
  }
  await bar.getByRole('button', { name: 'Print those selected' }).click(PATIENCE);
  for (const act of ['opened', 'reloaded']) {
    await page.getByRole('heading', { name: `Selected contacts ${chosen.toLocaleString('en-GB')} people` }).waitFor(PATIENCE);
    await same(() => page.locator('.sheet li').count(), chosen, act);
    if (act === 'opened') await page.reload();
  }
  assert.deepEqual(faults, []);
  await end();
});

test('nothing went wrong on the way, in the page or in the log', () => {
  assert.deepEqual(visitor.faults, []);
  assert.doesNotMatch(rolo.log(), /ERROR|panicked/);
});

/** How many contacts the server counts, asked as the page would. */
function total(): Promise<number> {
  return page.evaluate(async () => ((await (await fetch('/v1/contacts?limit=1')).json()) as { total: number }).total);
}

async function emptyBook(): Promise<void> {
  await page.goto('/');
  await page.getByText('Your book is empty').waitFor(PATIENCE);
}
