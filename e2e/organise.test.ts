// A full book in the browser: chosen across the scroll, labelled, hidden, merged, thrown away and taken back; what the list shows survives.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Locator, Page } from 'playwright-core';

import { go, signIn, textOf, visit } from './harness/browser.ts';
import { counted, counts, idsOf, rows, whole } from './harness/list.ts';
import { fullStage } from './harness/stage.ts';
import { same, until } from './harness/until.ts';

const on = fullStage();

async function opened(look = {}) {
  const visitor = await visit(on.browser, on.rolo.url, look);
  await signIn(visitor.page, on.noor);
  await rows(visitor.page).nth(5).waitFor();
  await whole(visitor.page);
  return visitor;
}
/** The list as one comes to it again, with the whole book in it. */
async function toList(page: Page) {
  await page.goto('/');
  await rows(page).nth(5).waitFor();
  await whole(page);
}
const grid = (page: Page) => page.getByRole('grid');
const bar = (page: Page) => page.getByRole('toolbar');
const toast = (page: Page) => page.locator('.snack');
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const idOf = async (row: Locator) => (await row.getAttribute('data-id'))!;

/** Scrolls the list so that this row is on top, and waits until the rows have followed. */
async function scrollTo(page: Page, row: number) {
  await grid(page).evaluate((list, row) => { list.scrollTop = 52 * row; }, row);
  await until(async () => {
    const first = Number(await rows(page).first().getAttribute('aria-rowindex'));
    return first > row - 12 && first <= row + 3;
  }, 'the rows follow the scroll');
}
/** How many the bar says are chosen. */
async function chosenOf(page: Page): Promise<number> {
  return Number((await bar(page).getByRole('status').innerText()).replace(/\D/g, ''));
}
async function says(page: Page, words: RegExp | string) {
  await toast(page).filter({ hasText: words }).waitFor();
}
async function undo(page: Page) {
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await says(page, /Taken back|again|starred|in your book/);
}
function inPage<T>(page: Page, path: string, init: RequestInit = {}): Promise<T> {
  return page.evaluate(async ({ path, init }) => (await fetch(path, init)).json(), { path, init }) as Promise<T>;
}

test('the frame shows what there is: the drawer counts, nothing stands there without a feature', async () => {
  const { page, faults, end } = await opened();
  const drawer = page.getByRole('navigation', { name: 'Main' });
  const names = (await drawer.getByRole('link').allInnerTexts()).map((text) => text.replace(/[\d,\s]+$/, '').trim());
  for (const name of ['Create contact', 'Contacts', 'Companies', 'Import', 'History', 'Bin', 'Clients']) assert.ok(names.includes(name), `${name} among ${names.join(' ')}`);
  for (const name of ['Frequent', 'Other contacts', 'Merge & fix']) assert.ok(!names.includes(name), name);
  for (const link of await drawer.getByRole('link').all()) {
    const to = await link.getAttribute('href');
    await go(page, to!);
    await heading(page).first().waitFor();
    assert.notEqual(await heading(page).first().innerText(), 'There is nothing at this address', String(to));
  }
  await page.getByRole('button', { name: /^Your account/ }).first().click();
  for (const name of ['Organisation', 'Profile and settings', 'Sign out']) await page.getByRole('menuitem', { name }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('chosen across the scroll by tick and shift, then labelled in one go, undo takes all of it back', async () => {
  const { page, faults, end } = await opened();
  const all = await counted(page);
  await rows(page).nth(2).locator('.chooser').click();
  await scrollTo(page, 150);
  await rows(page).nth(12).waitFor();
  const last = await idOf(rows(page).nth(12));
  await page.locator(`[data-id="${last}"] a`).click({ modifiers: ['Shift'] });
  await until(async () => (await chosenOf(page)) > 100, async () => `${await chosenOf(page)} are chosen`);
  const many = await chosenOf(page);
  await bar(page).getByRole('button', { name: 'Labels' }).click();
  await page.getByLabel('Find or create a label').fill('Regatta');
  await page.getByRole('button', { name: 'Create “Regatta”' }).click();
  await page.getByRole('checkbox', { name: 'Regatta', checked: true }).waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await says(page, `Regatta put on ${many} contacts`);
  const link = page.getByRole('link', { name: /^Regatta/ });
  await until(async () => (await link.innerText()).includes(String(many)), 'the drawer counts them');
  await undo(page);
  await until(async () => !(await link.innerText()).includes(String(many)), 'the drawer counts nobody');
  await grid(page).focus();
  await page.keyboard.press('Control+a');
  await same(() => chosenOf(page), all, 'what is chosen');
  await page.keyboard.press('Escape');
  await bar(page).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await end();
});

test('star, hide and the bin for several, each with its undo, a reload shows the same', async () => {
  const { page, faults, end } = await opened();
  const all = await counted(page);
  await scrollTo(page, 0);
  const chosen = [await idOf(rows(page).nth(1)), await idOf(rows(page).nth(3))];
  for (const id of chosen) await page.locator(`[data-id="${id}"] .chooser`).first().click();
  await bar(page).getByRole('button', { name: 'Hide' }).click();
  await says(page, '2 contacts are hidden');
  await counts(page, all - 2);
  await page.goto('/hidden');
  await rows(page).nth(1).waitFor();
  await whole(page);
  await same(async () => (await idsOf(page)).toSorted(), chosen.toSorted(), 'who is hidden');
  await grid(page).focus();
  await page.keyboard.press('Control+a');
  await bar(page).getByRole('button', { name: 'Show in the list' }).click();
  await page.getByText('Nobody is hidden').waitFor();
  await toList(page);
  for (const id of chosen) await page.locator(`[data-id="${id}"] .chooser`).first().click();
  await bar(page).getByRole('button', { name: 'Move to bin' }).click();
  await says(page, '2 contacts are in the bin');
  await page.reload();
  await rows(page).nth(5).waitFor();
  await whole(page);
  await counts(page, all - 2);
  await page.goto('/bin');
  await page.getByRole('button', { name: /^Put back / }).nth(1).waitFor();
  await page.getByRole('button', { name: 'Put all back' }).click();
  await says(page, '2 contacts are back in your book');
  await page.getByText('The bin is empty').waitFor();
  await toList(page);
  await counts(page, all);
  assert.deepEqual(faults, []);
  await end();
});

test('a refused change goes back, and the server’s reason is told', async () => {
  const { page, faults, end } = await opened();
  const all = await counted(page);
  const refusal = { type: 'about:blank', title: 'Unavailable', status: 503, detail: 'The database is not answering. Nothing is lost.' };
  await page.route('**/v1/batches', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(refusal) }));
  for (const at of [1, 2]) await rows(page).nth(at).locator('.chooser').click();
  await bar(page).getByRole('button', { name: 'Move to bin' }).click();
  await says(page, 'The database is not answering. Nothing is lost.');
  await counts(page, all);
  await page.unroute('**/v1/batches');
  await bar(page).getByRole('button', { name: 'Move to bin' }).click();
  await says(page, '2 contacts are in the bin');
  await undo(page);
  await counts(page, all);
  assert.deepEqual(faults, []);
  await end();
});

test('order, columns and closeness are kept with the account', async () => {
  const { page, faults, end } = await opened();
  const height = async () => (await rows(page).first().boundingBox())?.height ?? Infinity;
  const tall = await height();
  await page.getByRole('button', { name: 'Closer lines' }).click();
  await until(async () => (await height()) < tall, 'the rows are lower');
  await page.getByRole('button', { name: 'How the list looks' }).click();
  await page.getByRole('menuitemradio', { name: 'Last name' }).click();
  await page.getByRole('button', { name: 'How the list looks' }).click();
  await page.getByRole('menuitem', { name: 'Choose columns' }).click();
  await page.getByRole('checkbox', { name: 'Phone number' }).click();
  await page.getByRole('button', { name: 'Move Labels forward' }).click();
  await page.getByRole('button', { name: 'Move Labels forward' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  const heads = () => page.getByRole('columnheader').allInnerTexts();
  const wanted = ['Name', 'Email', 'Labels', 'Job title & company'];
  await same(heads, wanted, 'what stands over the columns');
  // What is seen at once is saved a moment later.
  const kept = async () => (await inPage<{ settings: { sort?: string; density?: string; columns?: string[] } }>(page, '/v1/account')).settings;
  await same(async () => { const { sort, density, columns } = await kept(); return [sort, density, columns?.length]; }, ['family', 'compact', 3], 'what the account keeps');
  const { items } = await inPage<{ items: { id: string }[] }>(page, '/v1/contacts?sort=family&starred=true&limit=5');
  await page.reload();
  await rows(page).nth(5).waitFor();
  await whole(page);
  await same(heads, wanted, 'what stands over the columns');
  await same(async () => (await idsOf(page)).slice(0, 3), items.slice(0, 3).map((one) => one.id), 'who stands on top');
  await until(async () => (await height()) < tall, 'the rows are low again');
  await page.evaluate(() => fetch('/v1/account', { method: 'PATCH', headers: { 'content-type': 'application/json', 'if-match': '*' }, body: '{"settings":{"sort":null,"columns":null,"density":null}}' }));
  assert.deepEqual(faults, []);
  await end();
});

test('two tabs of one browser agree', async () => {
  const { page, faults, end } = await opened();
  const other = await page.context().newPage();
  await other.goto('/');
  await rows(other).nth(5).waitFor();
  const id = await idOf(rows(page).nth(1));
  await rows(page).nth(1).locator('.chooser').click();
  await bar(page).getByRole('button', { name: 'Move to bin' }).click();
  await other.locator(`[data-id="${id}"]`).waitFor({ state: 'detached' });
  await undo(page);
  await other.locator(`[data-id="${id}"]`).first().waitFor();
  await page.getByRole('button', { name: /^Your account/ }).first().click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await other.waitForURL(/\/sign-in/);
  await same(() => rows(other).count(), 0, 'who is seen');
  assert.deepEqual(faults, []);
  await end();
});

test('back, forward and a reload find the list as it was left: scroll, current row, choice, title and focus move along', async () => {
  const { page, faults, end } = await opened();
  await scrollTo(page, 100);
  await rows(page).nth(10).waitFor();
  const chosen = await idOf(rows(page).nth(8));
  await page.locator(`[data-id="${chosen}"] .chooser`).click();
  const at = await grid(page).evaluate((list) => list.scrollTop);
  const id = await idOf(rows(page).nth(10));
  const name = await page.locator(`[data-id="${id}"] bdi`).first().innerText();
  await page.locator(`[data-id="${id}"] a`).click();
  await heading(page).filter({ hasText: name }).waitFor();
  await until(async () => (await page.title()).startsWith(name), 'the title follows');
  await page.goBack();
  const asLeft = () => page.evaluate(({ chosen }) => {
    const list = document.querySelector('[role="grid"]');
    return [list?.scrollTop, document.querySelector(`[data-id="${chosen}"]`)?.getAttribute('aria-selected'), document.activeElement?.getAttribute('role'), list?.getAttribute('aria-activedescendant'), document.title.split(' ')[0]];
  }, { chosen });
  const left = [at, 'true', 'grid', `row-${id}`, 'Contacts'];
  await same(asLeft, left, 'scroll, choice, focus, row and title');
  await page.reload();
  await rows(page).nth(10).waitFor();
  await same(async () => (await asLeft()).slice(0, 2), left.slice(0, 2), 'scroll and choice after a reload');
  await page.goForward();
  await heading(page).filter({ hasText: name }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('nothing jumps while the list arrives', async () => {
  const { page, faults, end } = await opened();
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const moved = () => page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, one) => sum + one, 0));
  for (const [path, there] of [['/', '.person[data-id]'], ['/history', '.story-line .ring'], ['/bin', '.blank']] as const) {
    await page.goto(path);
    await page.locator(there).first().waitFor();
    await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
    assert.ok((await moved()) < 0.01, `${path} moved by ${await moved()}`);
  }
  // The control: something that comes in above is seen to move the rest.
  await page.goto('/history');
  await page.locator('.story-line .ring').first().waitFor();
  await page.evaluate(() => document.querySelector('main')!.prepend(Object.assign(document.createElement('h2'), { textContent: 'late' })));
  await until(async () => (await moved()) > 0.01, 'the control is not seen');
  assert.deepEqual(faults, []);
  await end();
});

test('a label is made, recoloured and renamed, merged, deleted with and without its people, each is undone', async () => {
  const { page, faults, end } = await opened();
  const all = await counted(page);
  await page.getByRole('button', { name: 'Create a label' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Rowers');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nobody carries this label').waitFor();
  await toList(page);
  for (const at of [1, 2, 3]) await rows(page).nth(at).locator('.chooser').click();
  await grid(page).focus();
  await page.keyboard.press('l');
  await page.getByRole('checkbox', { name: 'Rowers' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await says(page, 'Rowers put on 3 contacts');
  const drawn = (name: string) => page.getByRole('link', { name: new RegExp(`^${name}`) });
  const act = async (name: string, item: string) => {
    await drawn(name).hover();
    await page.getByRole('button', { name: `More for the label ${name}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await act('Rowers', 'Rename or recolour');
  await page.getByLabel('Name', { exact: true }).fill('Crew');
  await page.getByRole('radio', { name: 'Violet' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await says(page, 'The label is now Crew');
  await drawn('Crew').locator('.dot[data-hue="275"]').waitFor();
  await act('Crew', 'Merge into another');
  await page.getByRole('dialog').getByRole('combobox').selectOption({ label: 'Clients' });
  await page.getByRole('dialog').getByRole('button', { name: 'Merge', exact: true }).click();
  await says(page, 'Crew is now part of Clients');
  await drawn('Crew').waitFor({ state: 'detached' });
  await undo(page);
  await drawn('Crew').filter({ hasText: '3' }).waitFor();
  await act('Crew', 'Delete');
  await page.getByRole('button', { name: /^Delete the label/ }).click();
  await says(page, 'The label Crew is gone');
  await counts(page, all);
  await undo(page);
  await drawn('Crew').filter({ hasText: '3' }).waitFor();
  await act('Crew', 'Delete');
  await page.getByRole('button', { name: /and move 3 contacts to the bin/ }).click();
  await says(page, /The label Crew is gone, 3 contacts are in the bin/);
  await counts(page, all - 3);
  await undo(page);
  await drawn('Crew').filter({ hasText: '3' }).waitFor();
  await counts(page, all);
  assert.deepEqual(faults, []);
  await end();
});

test('three become one: the preview follows every choice and keeps everything else, undo brings all three back', async () => {
  const { page, faults, end } = await opened();
  const all = await counted(page);
  const { items: books } = await inPage<{ items: { id: string }[] }>(page, '/v1/books');
  const make = (name: string, mail: string, phone: string) => inPage<{ id: string }>(page, '/v1/contacts', {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ book: books[0]!.id, card: { name: { full: name }, emails: { e: { address: mail } }, phones: { p: { number: phone } } } }),
  });
  const made = [await make('Élodie Marchand', 'elodie@atelier.example', '+33 6 55 50 01 27'), await make('Elodie MARCHAND', 'Elodie@Atelier.example', '06 55 50 01 99'), await make('E. Marchand', 'books@atelier.example', '+33 6 55 50 01 27')];
  await page.goto(`/merge?of=${made.map((one) => one.id).join(',')}`);
  const after = page.getByRole('region', { name: 'What merging makes' });
  await after.getByText('books@atelier.example').waitFor();
  for (const value of ['elodie@atelier.example', '06 55 50 01 99', '+33 6 55 50 01 27']) await after.getByText(value).waitFor();
  await page.getByRole('radio', { name: /^Card 3/ }).check();
  await after.locator('.merge-name', { hasText: 'E. Marchand' }).waitFor();
  await after.getByRole('button', { name: 'Leave out 06 55 50 01 99' }).click();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await says(page, 'Merged into E. Marchand');
  await page.waitForURL(new RegExp(`/contacts/${made[2]!.id}`));
  const { card } = await inPage<{ card: { emails: object; phones: Record<string, { number: string }> } }>(page, `/v1/contacts/${made[2]!.id}`);
  assert.equal(Object.keys(card.emails).length, 2);
  assert.deepEqual(Object.values(card.phones).map((one) => one.number), ['+33 6 55 50 01 27']);
  await undo(page);
  await toList(page);
  await counts(page, all + 3);
  assert.deepEqual(faults, []);
  await end();
});

test('the bin: put back with undo, delete for good and emptying only after asking, what waits has its time left', async () => {
  const { page, faults, end } = await opened();
  for (const at of [1, 2, 3]) await rows(page).nth(at).locator('.chooser').click();
  await bar(page).getByRole('button', { name: 'Move to bin' }).click();
  await says(page, '3 contacts are in the bin');
  await page.getByRole('link', { name: /^Bin/ }).click();
  const backs = page.getByRole('button', { name: /^Put back / });
  await backs.nth(2).waitFor();
  await page.getByRole('row').nth(1).getByText('30 days').waitFor();
  await backs.first().click();
  await says(page, 'is back in your book');
  await backs.nth(2).waitFor({ state: 'detached' });
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await backs.nth(2).waitFor();
  await page.getByRole('button', { name: /for good$/ }).first().click();
  await page.getByRole('dialog').getByText('This cannot be undone.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await backs.count(), 3);
  await page.getByRole('button', { name: /for good$/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await backs.nth(2).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Empty the bin' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 contacts' }).click();
  await page.getByRole('heading', { name: 'The bin is empty' }).waitFor();
  // It is shown at once; the server has done it when the page says so.
  await says(page, 'The bin is empty');
  assert.deepEqual(faults, []);
  await end();
});

test('the history tells what was done, a batch is undone from it, and redone, filters narrow it', async () => {
  const { page, faults, end } = await opened();
  const all = await counted(page);
  for (const at of [1, 2]) await rows(page).nth(at).locator('.chooser').click();
  await bar(page).getByRole('button', { name: 'Move to bin' }).click();
  await says(page, '2 contacts are in the bin');
  await page.getByRole('link', { name: 'History' }).click();
  const story = page.getByRole('main').getByRole('listitem');
  const newest = story.filter({ hasText: 'moved 2 contacts to the bin' }).first();
  await newest.getByRole('button', { name: /^Undo/ }).click();
  await newest.getByText('Taken back').waitFor();
  const total = async () => (await inPage<{ total: number }>(page, '/v1/contacts?limit=1')).total;
  // An undo is undone like any other batch, as often as one likes.
  for (const there of [all - 2, all]) {
    await story.first().getByRole('button', { name: /^Redo: took a change to 2 contacts back/ }).click();
    await until(async () => (await total()) === there, `${there} are in the book`);
    await until(async () => (await story.nth(1).getByText('Taken back').count()) === 1, 'the one before is taken back');
  }
  await page.getByRole('button', { name: 'Imports and merges' }).click();
  await page.waitForURL(/show=large/);
  await until(async () => (await story.filter({ hasText: 'to the bin' }).count()) === 0, 'only imports and merges are told');
  await toList(page);
  await counts(page, all);
  assert.deepEqual(faults, []);
  await end();
});

for (const [path, call, words] of [['/', '**/v1/snapshot', 'The contacts did not arrive'], ['/bin', '**/v1/bin?*', 'The bin did not open'], ['/history', '**/v1/batches?*', 'The history did not open']] as const) {
  test(`${path} has its four states: loading, error with a way on, empty, full`, async () => {
    const { page, faults, end } = await opened();
    // A book that is kept on this device neither loads nor fails.
    await page.evaluate(() => localStorage.setItem('rolo.device', 'no'));
    let answer: (() => Promise<void>) | undefined;
    await page.route(call, (route) => { answer = () => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Unavailable","status":503,"detail":"Nothing is lost."}' }); });
    // The server draws it, so it loads only for who comes from another page.
    await page.goto('/import');
    await page.getByRole('navigation', { name: 'Main' }).locator(`a[href="${path}"]`).click();
    await page.getByRole('main').locator('.bone').first().waitFor();
    await until(async () => answer !== undefined, 'the page asks');
    await answer!();
    await page.getByText(words).waitFor();
    await page.getByText('Nothing is lost.').waitFor();
    await page.unroute(call);
    await page.getByRole('main').getByRole('button', { name: 'Try again' }).click();
    if (path === '/bin') await page.getByText('The bin is empty').waitFor();
    else await (path === '/' ? rows(page) : page.getByRole('main').getByRole('listitem')).nth(1).waitFor();
    assert.deepEqual(faults, []);
    await end();
  });
}

test('those selected are printed, a reload prints the same, and they leave as a file', async () => {
  const { page, faults, end } = await opened();
  await rows(page).nth(1).locator('.chooser').click();
  await rows(page).nth(3).locator('.chooser').click();
  const names = [await rows(page).nth(1).locator('.who bdi').first().innerText(), await rows(page).nth(3).locator('.who bdi').first().innerText()];
  await bar(page).getByRole('button', { name: 'Print those selected' }).click();
  const onPaper = async () => {
    await page.getByRole('heading', { name: 'Selected contacts 2 people' }).waitFor();
    await same(async () => (await page.locator('.sheet li b').allInnerTexts()).sort(), [...names].sort(), 'who is on paper');
  };
  await onPaper();
  await page.reload();
  await onPaper();
  await page.goBack();
  await bar(page).getByRole('button', { name: 'Export those selected' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(download.suggestedFilename(), 'contacts.csv');
  assert.equal((await textOf(download)).match(/myContacts/g)?.length, 2);
  await dialog.waitFor({ state: 'detached' });
  // What the server refuses is told in the dialog, which stays.
  await page.route('**/v1/exports', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Unavailable","status":503,"detail":"Nothing is lost."}' }));
  await bar(page).getByRole('button', { name: 'Export those selected' }).click();
  await dialog.getByRole('button', { name: 'Download' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Nothing is lost.' }).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.deepEqual(faults, []);
  await end();
});
