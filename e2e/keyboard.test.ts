// Everything by keys alone: no pointer is used, the focus is seen at each stop and never lost, dialogs keep it and give it back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { chord, keyVisit, notLost, standsAt, stop, tabTo } from './harness/keys.ts';
import { rows, whole } from './harness/list.ts';
import { stage } from './harness/stage.ts';

const on = stage(async ({ rolo, noor }) => {
  await rolo.command('seed', '80', '--email', noor.email);
});
const toast = (page: Page, words: string | RegExp) => page.locator('.snack').filter({ hasText: words }).waitFor();
const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

/** Signs in with keys, and goes to the list by the first stop of the page. */
async function opened() {
  const visitor = await keyVisit(on.browser, on.rolo.url);
  const { page } = visitor;
  await page.goto('/sign-in');
  await page.locator('h1').waitFor();
  await tabTo(page, 'E-mail');
  await page.keyboard.type(on.noor.email);
  await tabTo(page, 'Password');
  await page.keyboard.type(on.noor.password);
  await press(page, 'Enter');
  await rows(page).nth(5).waitFor();
  await notLost(page, 'after signing in');
  return {
    ...visitor,
    async done() {
      assert.deepEqual(visitor.pointed, [], 'a pointer was used');
      assert.deepEqual(visitor.faults, []);
      await visitor.end();
    },
  };
}
/** From anywhere to the list. */
async function toList(page: Page) {
  await chord(page, 'g', 'c');
  await rows(page).nth(5).waitFor();
  await whole(page);
  await tabTo(page, 'Contacts');
  await standsAt(page, { role: 'grid' });
}
async function takenBack(page: Page) {
  await press(page, 'Control+z');
  await toast(page, 'Taken back');
}

test('sign in, find, open, edit, save and undo', async () => {
  const { page, done } = await opened();
  const name = await rows(page).nth(4).locator('bdi').first().innerText();
  await press(page, '/');
  await standsAt(page, { role: 'combobox' });
  await page.keyboard.type(name);
  await page.getByRole('option', { name }).first().waitFor();
  await press(page, 'Enter');
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await notLost(page, 'on a contact');
  await press(page, 'e');
  await page.getByRole('textbox', { name: 'Company', exact: true }).waitFor();
  await tabTo(page, 'Company');
  await press(page, 'Control+a');
  await page.keyboard.type('Halden Oke');
  await press(page, 'Control+Enter');
  await toast(page, 'is saved');
  await page.locator('.hero').getByText('Halden Oke').waitFor();
  await notLost(page, 'after saving');
  await takenBack(page);
  await page.locator('.hero').getByText('Halden Oke').waitFor({ state: 'detached' });
  // What is typed is taken back by the field, not by the book.
  await press(page, '/');
  await standsAt(page, { role: 'combobox' });
  await page.keyboard.type('x');
  await press(page, 'Control+z', 'Escape', 'Escape');
  await notLost(page, 'after leaving the search');
  await done();
});

test('the first stop leads past the frame, then several are chosen and labelled, and the labels taken back', async () => {
  const { page, done } = await opened();
  await page.reload();
  await rows(page).nth(5).waitFor();
  await whole(page);
  await press(page, 'Tab');
  await standsAt(page, { name: 'Skip to contacts', seen: true });
  await press(page, 'Enter');
  await standsAt(page, { role: 'grid' });
  await press(page, 'ArrowDown', 'ArrowDown', 'x', 'Shift+ArrowDown', 'l');
  const dialog = page.getByRole('dialog', { name: 'Labels' });
  await dialog.waitFor();
  await standsAt(page, { name: 'Find or create a label' });
  await page.keyboard.type('Crew');
  await press(page, 'Enter');
  await dialog.getByRole('checkbox', { name: 'Crew', checked: true }).waitFor();
  // The dialog keeps the focus, both ways around.
  for (const key of [...Array<string>(14).fill('Tab'), ...Array<string>(14).fill('Shift+Tab')]) {
    await press(page, key);
    const here = await stop(page);
    assert.ok(here.lost || (here.inDialog && here.seen), `${key} leads to “${here.name}”`);
  }
  await tabTo(page, 'Apply');
  await press(page, 'Enter');
  await toast(page, 'Crew put on 2 contacts');
  await standsAt(page, { role: 'grid' }, 'the dialog gives the focus back to the list');
  await takenBack(page);
  await press(page, 'Escape');
  await page.getByRole('toolbar').waitFor({ state: 'detached' });
  await standsAt(page, { role: 'grid' });
  await done();
});

test('a row’s menu by key, a label made and its menu left again, the overview opened and closed', async () => {
  const { page, done } = await opened();
  await tabTo(page, 'Create a label');
  await press(page, 'Enter');
  await page.getByRole('dialog').waitFor();
  await standsAt(page, { name: 'Name' });
  await page.keyboard.type('Rowers');
  await press(page, 'Enter');
  await page.getByText('Nobody carries this label').waitFor();
  await notLost(page, 'after making a label');
  await tabTo(page, 'More for the label Rowers');
  await press(page, 'Enter');
  await page.getByRole('menu').waitFor();
  for (const name of ['Rename or recolour', 'Merge into another', 'Delete', 'Rename or recolour']) {
    await standsAt(page, { name, seen: true });
    await press(page, 'ArrowDown');
  }
  await press(page, 'Escape');
  await standsAt(page, { name: 'More for the label Rowers' });
  await press(page, 'Enter');
  await standsAt(page, { name: 'Rename or recolour' });
  await press(page, 'Enter');
  await page.getByRole('dialog', { name: 'Rename or recolour' }).waitFor();
  await press(page, 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await standsAt(page, { name: 'More for the label Rowers' }, 'the dialog gives the focus back to the button of the menu');
  await press(page, '?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await press(page, 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await standsAt(page, { name: 'More for the label Rowers' });
  await toList(page);
  await press(page, 'ArrowDown', 'ContextMenu');
  await page.getByRole('menu').waitFor();
  await standsAt(page, { name: 'Open', seen: true });
  await press(page, 'Escape');
  await standsAt(page, { role: 'grid' });
  await done();
});

test('two are merged and parted again, and the bin is emptied after its question', async () => {
  const { page, done } = await opened();
  await toList(page);
  await press(page, 'ArrowDown', 'ArrowDown', 'x', 'ArrowDown', 'x');
  await tabTo(page, 'Merge', 'Shift+Tab');
  await press(page, 'Enter');
  await page.locator('.merge-card.after .merge-name').waitFor();
  await notLost(page, 'on the page of merging');
  await tabTo(page, 'Merge');
  await press(page, 'Enter');
  await toast(page, 'Merged into');
  await notLost(page, 'after merging');
  await takenBack(page);
  await toList(page);
  await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'x', 'ArrowDown', 'x', '#');
  await toast(page, '2 contacts are in the bin');
  await notLost(page, 'after binning');
  await tabTo(page, /^Bin/, 'Shift+Tab');
  await press(page, 'Enter');
  await page.getByRole('button', { name: /^Put back / }).nth(1).waitFor();
  await tabTo(page, 'Empty the bin');
  await press(page, 'Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This cannot be undone.').waitFor();
  await standsAt(page, { name: 'Cancel' }, 'what is dangerous is not one key away');
  await press(page, 'Escape');
  await dialog.waitFor({ state: 'detached' });
  await standsAt(page, { name: 'Empty the bin' });
  await press(page, 'Enter');
  await tabTo(page, 'Delete 2 contacts');
  await press(page, 'Enter');
  await page.getByRole('heading', { name: 'The bin is empty' }).waitFor();
  await notLost(page, 'when the bin is empty');
  await done();
});

test('a file comes in through every step of the wizard, and goes again', async () => {
  const { page, done } = await opened();
  // Listened for from here on: the browser takes a moment until it hands file dialogs to the journey.
  const asked = page.waitForEvent('filechooser');
  await chord(page, 'g', 'i');
  await page.getByText('Drop it here').waitFor();
  await tabTo(page, 'Choose files');
  await press(page, 'Enter');
  const lines = Array.from({ length: 20 }, (_, n) => `Key${n},Board,key${n}@board.example,note ${n}`);
  await (await asked).setFiles({ name: 'keys.csv', mimeType: 'text/csv', buffer: Buffer.from(['First name,Last name,Email,Remark', ...lines].join('\n')) });
  await page.getByRole('button', { name: 'Check', exact: true }).waitFor();
  await notLost(page, 'at the columns');
  await tabTo(page, 'Remark goes into');
  await page.keyboard.type('Notes');
  await page.getByText('You chose').waitFor();
  await tabTo(page, 'Check');
  await press(page, 'Enter');
  const go = page.getByRole('button', { name: 'Import 20 contacts' });
  await go.waitFor();
  await notLost(page, 'at the check');
  await tabTo(page, /^20 ?New$/);
  await press(page, 'Space');
  await tabTo(page, 'Import 20 contacts');
  await press(page, 'Enter');
  await page.getByText('20 contacts are in your book').waitFor();
  await notLost(page, 'when it is done');
  await tabTo(page, 'Undo the import');
  await press(page, 'Enter');
  await page.getByRole('heading', { name: 'The import was taken back' }).waitFor();
  await notLost(page, 'when it is taken back');
  await done();
});

test('a pointer, a ring that is taken away and a focus that is lost are noticed (the control)', async () => {
  const { page, pointed, end } = await keyVisit(on.browser, on.rolo.url);
  await page.goto('/sign-in');
  await page.locator('h1').waitFor();
  await press(page, 'Tab');
  assert.ok((await stop(page)).seen);
  await tabTo(page, 'Sign in');
  await page.evaluate(() => document.styleSheets[0]!.insertRule(':focus-visible { outline: 0 !important }'));
  assert.equal((await stop(page)).seen, false);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  assert.ok((await stop(page)).lost);
  assert.deepEqual(pointed, []);
  await page.getByLabel('E-mail').click();
  assert.deepEqual([...new Set(pointed)], ['pointerdown', 'mousedown', 'click']);
  await end();
});
