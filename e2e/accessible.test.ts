// Every page, light and dark, wide and narrow, passes axe: nothing that a reader, a keyboard or weak eyes would stumble over.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test, type TestContext } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { signIn, startBrowser, visit } from './harness/browser.ts';
import { googleRows, write } from './harness/csv.ts';
import { addAccount, type Rolo, startRolo } from './harness/rolo.ts';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { name: 'light, on a phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: 'dark, on a phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

let browser: Browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

for (const { name, ...look } of LOOKS) {
  test(`set-up, ${name}`, async (t) => {
    const rolo = await startedFor(t);
    const { page } = await visit(browser, rolo.url, look);
    await page.goto('/setup');
    await page.getByRole('button', { name: 'Create the account' }).waitFor();
    await passes(page, 'set-up');
  });

  test(`the door, the book and an import, ${name}`, async (t) => {
    const rolo = await startedFor(t);
    const noor = await addAccount(rolo);
    await rolo.command('seed', '60', '--email', noor.email);
    const { page, faults } = await visit(browser, rolo.url, look);
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await passes(page, 'sign-in');
    await signIn(page, noor);
    await page.getByRole('row').nth(5).waitFor();
    await passes(page, 'list');
    await contactAndEdit(page);
    await importing(page, rolo);
    assert.deepEqual(faults, []);
  });

  test(`putting the book in order, ${name}`, async (t) => {
    const rolo = await startedFor(t);
    const noor = await addAccount(rolo);
    await rolo.command('seed', '60', '--email', noor.email);
    const { page, faults } = await visit(browser, rolo.url, look);
    await signIn(page, noor);
    await page.locator('.person[data-id]').nth(5).waitFor();
    await choosing(page);
    await throwingAway(page);
    await merging(page);
    assert.deepEqual(faults, []);
  });
}

for (const { name, ...look } of LOOKS) {
  test(`the pages around a contact, ${name}`, async (t) => {
    const rolo = await startedFor(t);
    const noor = await addAccount(rolo);
    await rolo.command('seed', '60', '--email', noor.email);
    const { page, faults } = await visit(browser, rolo.url, look);
    await signIn(page, noor);
    await page.locator('.person[data-id]').nth(5).waitFor();
    await around(page);
    assert.deepEqual(faults, []);
  });
}

test('the control: a page without names for its fields does not pass', async (t) => {
  const rolo = await startedFor(t);
  const { page } = await visit(browser, rolo.url);
  await page.goto('/setup');
  await page.getByRole('button', { name: 'Create the account' }).waitFor();
  await page.evaluate(() => document.querySelectorAll('label').forEach((label) => label.remove()));
  assert.notDeepEqual(await violations(page), []);
});

/** A Rolo that ends with its test, also with one that fails. */
async function startedFor(t: TestContext): Promise<Rolo> {
  const rolo = await startRolo();
  t.after(() => rolo.stop());
  return rolo;
}

/** The pages and dialogs beside the list, the form with every kind of line in it, and paper. */
async function around(page: Page) {
  const contact = `/contacts/${await page.locator('.person[data-id]').nth(5).getAttribute('data-id')}`;
  const organisation = await page.evaluate(async () => ((await (await fetch('/v1/account')).json()) as { organisation: { id: string } }).organisation.id);
  for (const place of ['/settings', `/organisations/${organisation}/details`, '/companies', '/help', '/contacts/many', '/print', `${contact}/print`]) {
    await page.goto(place);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    await passes(page, place);
  }
  await page.goto(`/organisations/${organisation}/details`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'organisation, dialog');
  await page.goto(contact);
  for (const button of ['Export this contact', 'Show code', 'Label']) {
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await passes(page, button);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.locator('h1').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await passes(page, 'shortcuts');
  await page.goto('/contacts/new');
  for (const add of await page.getByRole('button', { name: /^Add / }).all()) await add.click();
  await page.getByRole('button', { name: 'Save' }).click({ force: true });
  await passes(page, 'every line of the form');
  await page.getByLabel('First name').fill('Ann');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).waitFor();
  await passes(page, 'leaving');
}

async function contactAndEdit(page: Page) {
  await page.getByRole('row').nth(3).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await passes(page, 'contact');
  await page.getByRole('link', { name: 'Edit' }).first().click();
  await page.getByRole('textbox', { name: 'Company', exact: true }).waitFor();
  await passes(page, 'edit');
  await page.getByRole('textbox', { name: 'Company', exact: true }).fill('Halden Oke Studio');
  await passes(page, 'edit, changed');
}

async function choosing(page: Page) {
  const row = (at: number) => page.locator('.person[data-id]').nth(at);
  await row(2).click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await passes(page, 'menu of a row');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'How the list looks' }).click();
  await passes(page, 'menu of the view');
  await page.getByRole('menuitem', { name: 'Choose columns' }).click();
  await passes(page, 'columns');
  await page.getByRole('button', { name: 'Done' }).click();
  for (const at of [1, 2]) await row(at).locator('.chooser').click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Labels' }).click();
  await page.getByLabel('Find or create a label').fill('Crew');
  await passes(page, 'labels of those chosen');
  await page.getByRole('button', { name: 'Create “Crew”' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Crew put on 2 contacts').waitFor();
  await passes(page, 'list with two chosen');
}

async function throwingAway(page: Page) {
  await page.getByRole('toolbar').getByRole('button', { name: 'Move to bin' }).click();
  await page.getByText('2 contacts are in the bin').waitFor();
  await page.goto('/bin');
  await page.getByRole('button', { name: /^Put back / }).nth(1).waitFor();
  await passes(page, 'bin');
  await page.getByRole('button', { name: 'Empty the bin' }).click();
  await passes(page, 'bin, asking');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Put all back' }).click();
  await page.getByText('The bin is empty').waitFor();
  await passes(page, 'bin, empty');
  await page.goto('/history');
  await page.getByRole('main').getByRole('listitem').nth(1).waitFor();
  await passes(page, 'history');
  await page.goto('/hidden');
  await page.getByText('Nobody is hidden').waitFor();
  await passes(page, 'hidden');
}

async function merging(page: Page) {
  const { items } = await page.evaluate(async () => (await fetch('/v1/contacts?limit=40')).json() as Promise<{ items: { id: string; kind: string }[] }>);
  const two = items.filter((one) => one.kind === 'individual').slice(0, 2).map((one) => one.id);
  await page.goto(`/merge?of=${two.join(',')}`);
  await page.locator('.merge-card.after .merge-name').waitFor();
  await page.getByRole('button', { name: /^Leave out/ }).first().click();
  await passes(page, 'merge');
  await page.goto('/');
  await page.locator('.person[data-id]').nth(5).waitFor();
  const label = await page.evaluate(async () => ((await (await fetch('/v1/labels')).json()) as { items: { id: string }[] }).items[0]!.id);
  await page.goto(`/labels/${label}`);
  await page.locator('.person[data-id]').first().waitFor();
  const menu = page.getByRole('main').getByRole('button', { name: /^More for the label/ });
  for (const [item, close] of [['Rename or recolour', 'Cancel'], ['Merge into another', 'Cancel'], ['Delete', 'Cancel']] as const) {
    await menu.click();
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('dialog').waitFor();
    await passes(page, `label: ${item}`);
    await page.getByRole('button', { name: close, exact: true }).click();
  }
}

async function importing(page: Page, rolo: Rolo) {
  await page.goto('/import');
  await page.getByText('Drop it here').waitFor();
  await passes(page, 'import, file');
  await page.getByLabel('Choose files').setInputFiles({ name: 'contacts.csv', mimeType: 'text/csv', buffer: Buffer.from(write(googleRows(200))) });
  await page.getByRole('button', { name: 'Check' }).waitFor();
  await passes(page, 'import, columns');
  await page.getByRole('button', { name: 'Check' }).click();
  const go = page.getByRole('button', { name: /Import 200 contacts/ });
  await go.waitFor();
  await page.getByRole('row').nth(3).waitFor();
  await passes(page, 'import, check');
  await go.click();
  await page.getByText('200 contacts are in your book').waitFor();
  await passes(page, 'import, done');
  assert.doesNotMatch(rolo.log(), /ERROR|panicked/);
}

async function passes(page: Page, what: string) {
  assert.deepEqual(await violations(page), [], what);
}

/** What axe finds: the rule, and where. Pictures still moving are let come to rest first. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))));
  // Through the protocol: the page's own policy lets no foreign script in.
  await page.evaluate(await source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
  });
}
