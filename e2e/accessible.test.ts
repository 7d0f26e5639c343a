// Every page and every dialog, light and dark, wide and narrow, passes axe, and everything in them has a name in the
// accessibility tree. That none is left out is held by the app's own routes and by the dialogs of its source.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { Page, Route } from 'playwright-core';

import { call, made } from './harness/api.ts';
import { violations } from './harness/axe.ts';
import { signIn, visit, type Visit } from './harness/browser.ts';
import { googleRows, write } from './harness/csv.ts';
import { startRolo } from './harness/rolo.ts';
import { stage } from './harness/stage.ts';
import { nameless, tree } from './harness/tree.ts';

const LOOKS = [{ name: 'wide', viewport: { width: 1280, height: 800 } }, { name: 'on a phone', viewport: { width: 390, height: 844 } }] as const;

const on = stage(async ({ rolo, noor }) => {
  await rolo.command('seed', '60', '--email', noor.email);
});

/** What was looked at: pages by the name of their route, and states by what they were called. */
const pages = new Set<string>();
const seen = new Set<string>();
let routes: readonly string[] = [];

/** The overlays of the source, each with the state in which it was looked at. */
const OVERLAYS: Readonly<Record<string, string>> = {
  'account/AccountMenu.vue': 'account menu', 'device/UnsentDialog.vue': 'leaving while something waits', 'device/WaitingDialog.vue': 'what waits', 'contact/CodeDialog.vue': 'code', 'contact/ColumnsDialog.vue': 'columns', 'contact/ConflictChoice.vue': 'conflict', 'contact/LeaveDialog.vue': 'leaving', 'contact/MoveDialog.vue': 'move',
  'contact/RowMenu.vue': 'menu of a row', 'contact/SelectionBar.vue': 'list with two chosen', 'contact/ViewMenu.vue': 'menu of the view', 'exporting/ExportDialog.vue': 'export', 'history/GoBackDialog.vue': 'history, going back', 'importing/FileStep.vue': 'import, pasting',
  'label/ContactLabels.vue': 'labels of a contact', 'label/LabelChooser.vue': 'labels of those chosen', 'label/LabelDialog.vue': 'label: Rename or recolour', 'label/LabelMenu.vue': 'menu of a label', 'label/LabelMergeDialog.vue': 'label: Merge into another',
  'label/LabelRemoveDialog.vue': 'label: Delete', 'organisation/EditOrganisation.vue': 'organisation, editing', 'pages/BinPage.vue': 'bin, asking', 'pages/EditPage.vue': 'conflict', 'search/SearchBox.vue': 'finds', 'ui/ComboField.vue': 'label of a field, open',
  'ui/MenuButton.vue': 'menu of the view', 'ui/ShortcutsDialog.vue': 'shortcuts',
};

for (const { name, ...look } of LOOKS) {
  test(`set-up and the door, ${name}`, async (t) => {
    const rolo = await startRolo();
    t.after(() => rolo.stop());
    const { page } = await visit(on.browser, rolo.url, look);
    await page.goto('/setup');
    await page.getByRole('button', { name: 'Create the account' }).waitFor();
    await passes(page, 'set-up');
    await page.getByLabel('One-time code').fill('AAAA-AAAA');
    for (const field of ['Your name', 'E-mail']) await page.getByLabel(field).fill('noor@rolo.example');
    await page.getByLabel('Password', { exact: true }).fill('five quiet harbour mornings');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.locator('[aria-invalid="true"], [role="alert"]').first().waitFor();
    await passes(page, 'set-up, refused');
    await page.goto(`${on.rolo.url}/sign-in?refused=true`);
    await page.getByRole('alert').waitFor();
    await passes(page, 'sign-in, refused');
  });

  test(`the list, search, choosing and the bin, ${name}`, () => signedIn(look, async (page) => {
    await passes(page, 'list');
    await page.getByRole('combobox', { name: 'Search contacts' }).fill('a');
    await page.getByRole('option').nth(1).waitFor();
    await passes(page, 'finds');
    await page.getByRole('option').last().click();
    await page.getByRole('heading', { name: /^Results/ }).waitFor();
    await page.locator('.person[data-id]').first().waitFor();
    await passes(page, 'results');
    await open(page, '/search?q=nobody-is-called-so', 'Nobody found');
    await passes(page, 'nobody found');
    await open(page, '/');
    const account = page.getByRole('button', { name: /^Your account/ }).filter({ visible: true });
    await account.click();
    await page.getByRole('menu').waitFor();
    await passes(page, 'account menu');
    await page.keyboard.press('Escape');
    await choosing(page);
    await throwingAway(page);
  }));

  test(`labels, merging and moving, ${name}`, () => signedIn(look, labelsAndMerging));
  test(`a contact, its form and paper, ${name}`, () => signedIn(look, around));
  test(`settings, the organisation, companies and help, ${name}`, () => signedIn(look, places));
  test(`without network, ${name}`, () => signedIn(look, waiting));
  test(`an import, ${name}`, () => signedIn(look, importing));
  test(`what does not arrive and what is not there, ${name}`, () => signedIn(look, failing));
}

test('every page of the app was among them, and every dialog and menu of its source', async () => {
  assert.ok(routes.length > 15);
  assert.deepEqual(routes.filter((name) => !pages.has(name)), []);
  const folder = fileURLToPath(new URL('../web/src/', import.meta.url));
  const files = (await readdir(folder, { recursive: true })).map((file) => file.replaceAll('\\', '/')).filter((file) => file.endsWith('.vue') && file !== 'ui/ModalDialog.vue');
  const overlays: string[] = [];
  for (const file of files) if (/<ModalDialog|role="(?:dialog|alertdialog|menu|listbox)"|<MenuButton/.test(await readFile(join(folder, file), 'utf8'))) overlays.push(file);
  assert.deepEqual(overlays.filter((file) => OVERLAYS[file] === undefined || !seen.has(OVERLAYS[file])), []);
});

test('the control: a page without names for its fields does not pass, nor does one with pale words', async () => {
  const { page, end } = await visit(on.browser, on.rolo.url);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.deepEqual([await violations(page), nameless(await tree(page))], [[], []]);
  await page.evaluate(() => {
    document.querySelectorAll('label').forEach((label) => label.remove());
    document.querySelector('button[type="submit"]')!.textContent = '';
  });
  assert.ok((await violations(page)).some((one) => one.startsWith('label')));
  assert.ok(nameless(await tree(page)).includes('button'));
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() => document.documentElement.style.setProperty('--text', '#444'));
  assert.ok((await violations(page, true)).some((one) => one.startsWith('color-contrast')));
  await end();
});

async function signedIn(look: object, journey: (page: Page, visitor: Visit) => Promise<void>) {
  const visitor = await visit(on.browser, on.rolo.url, look);
  const { page } = visitor;
  await signIn(page, on.noor);
  await page.locator('.person[data-id]').nth(5).waitFor();
  await journey(page, visitor);
  assert.deepEqual(visitor.faults, []);
  assert.doesNotMatch(on.rolo.log(), /ERROR|panicked/);
  await visitor.end();
}

async function open(page: Page, path: string, words?: string) {
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  if (words) await page.getByText(words).first().waitFor();
  else await page.waitForLoadState('networkidle');
}

async function choosing(page: Page) {
  const row = (at: number) => page.locator('.person[data-id]').nth(at);
  await row(2).click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await passes(page, 'menu of a row');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'How the list looks' }).click();
  await page.getByRole('menu').waitFor();
  await passes(page, 'menu of the view');
  await page.getByRole('menuitem', { name: 'Choose columns' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'columns');
  await page.getByRole('button', { name: 'Done' }).click();
  for (const at of [1, 2]) await row(at).locator('.chooser').click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Labels' }).click();
  await page.getByLabel('Find or create a label').fill('Team');
  await passes(page, 'labels of those chosen');
  await page.keyboard.press('Escape');
  await passes(page, 'list with two chosen');
}

async function throwingAway(page: Page) {
  await page.getByRole('toolbar').getByRole('button', { name: 'Move to bin' }).click();
  await page.getByText('2 contacts are in the bin').waitFor();
  await passes(page, 'toast');
  await open(page, '/bin');
  await page.getByRole('button', { name: /^Put back / }).nth(1).waitFor();
  await passes(page, 'bin');
  await page.getByRole('button', { name: 'Empty the bin' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'bin, asking');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Put all back' }).click();
  await page.getByText('The bin is empty').waitFor();
  await page.locator('.snack').filter({ hasText: 'are back in your book' }).waitFor();
  await passes(page, 'bin, empty');
  await open(page, '/history', 'to the bin');
  await passes(page, 'history');
  await page.getByRole('button', { name: 'By devices' }).click();
  await page.getByText('Nothing of this kind').waitFor();
  await passes(page, 'history, nothing of a kind');
  await page.getByRole('button', { name: 'The book as it was…' }).click();
  // A minute ago the book was still to be made: what is wrong stands at the field.
  await page.getByRole('button', { name: 'Show what would change' }).click();
  await page.getByRole('dialog').locator('[aria-invalid="true"]').waitFor();
  await passes(page, 'history, going back');
  await page.keyboard.press('Escape');
  await open(page, '/hidden', 'Nobody is hidden');
  await passes(page, 'hidden');
}

async function labelsAndMerging(page: Page) {
  const { items } = (await call<{ items: { id: string; kind: string; labels: string[] }[] }>(page, 'GET', '/v1/contacts?limit=40')).body;
  const two = items.filter((one) => one.kind === 'individual').slice(0, 2).map((one) => one.id);
  await open(page, `/merge?of=${two.join(',')}`);
  await page.locator('.merge-card.after .merge-name').waitFor();
  await page.getByRole('button', { name: /^Leave out/ }).first().click();
  await passes(page, 'merge');
  await open(page, '/merge?of=x', 'Two contacts are needed');
  await passes(page, 'merge, too few');
  const label = items.flatMap((one) => one.labels)[0]!;
  await open(page, `/labels/${label}`);
  await page.locator('.person[data-id]').first().waitFor();
  await passes(page, 'label');
  const menu = page.getByRole('main').getByRole('button', { name: /^More for the label/ });
  for (const item of ['Rename or recolour', 'Merge into another', 'Delete']) {
    await menu.click();
    if (item === 'Delete') await passes(page, 'menu of a label');
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('dialog').waitFor();
    await passes(page, `label: ${item}`);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.getByRole('main').getByRole('button', { name: 'Export this label' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'export');
  // Moving is offered to whoever has two books.
  if ((await call<{ items: unknown[] }>(page, 'GET', '/v1/books')).body.items.length < 2) assert.equal((await call(page, 'POST', '/v1/books', { name: 'Second book' })).status, 201);
  await open(page, '/');
  await page.locator('.person[data-id]').nth(2).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Move to a book' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'move');
}

async function around(page: Page) {
  const { id } = await made(page, {
    name: { components: [{ kind: 'given', value: 'Ann' }, { kind: 'surname', value: 'Lee' }] }, emails: { n1: { address: 'ann@old.example' } }, phones: { n1: { number: '+353 91 555 0142' } }, notes: { n1: { note: 'Notes' } },
    addresses: { n1: { components: [{ kind: 'name', value: 'Quay 4' }, { kind: 'locality', value: 'Galway' }] } }, organizations: { n1: { name: 'Oke' } }, 'rolo:customFields': { n1: { label: 'Locker', value: '7' } },
  });
  await call(page, 'PATCH', `/v1/contacts/${id}`, { card: { notes: { n1: { note: 'Other notes' } } } }, { 'content-type': 'application/merge-patch+json', 'if-match': '*' });
  await open(page, `/contacts/${id}`, 'Undo this change');
  await passes(page, 'contact');
  for (const [button, what] of [['Show code', 'code'], ['Label', 'labels of a contact']] as const) {
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await passes(page, what);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.locator('h1').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await passes(page, 'shortcuts');
  for (const place of [`/contacts/${id}/print`, '/print', '/contacts/many']) {
    await open(page, place);
    await passes(page, place.replace(id, 'one'));
  }
  await page.getByLabel('People').fill('Ada Byron <ada@post.example>\nann@old.example');
  await page.getByRole('row').nth(2).waitFor();
  await passes(page, 'create many, previewed');
  await open(page, '/contacts/new');
  for (const add of await page.getByRole('button', { name: /^Add / }).all()) await add.click();
  await page.getByRole('button', { name: 'Save' }).click({ force: true });
  await passes(page, 'every line of the form');
  await page.getByRole('group', { name: 'E-mail 1' }).getByRole('combobox', { name: 'Label' }).click();
  await page.getByRole('listbox').filter({ visible: true }).waitFor();
  await passes(page, 'label of a field, open');
  await page.getByLabel('First name').fill('Ann');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).waitFor();
  await passes(page, 'leaving');
  await open(page, `/contacts/${id}/edit`);
  await page.getByLabel('First name').fill('Anna');
  await passes(page, 'edit, changed');
  const name = { components: [{ kind: 'given', value: 'Annika' }, { kind: 'surname', value: 'Lee' }] };
  await call(page, 'PATCH', `/v1/contacts/${id}`, { card: { name } }, { 'content-type': 'application/merge-patch+json', 'if-match': '*' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alertdialog').waitFor();
  await passes(page, 'conflict');
}

async function places(page: Page) {
  const { organisation } = (await call<{ organisation: { id: string } }>(page, 'GET', '/v1/account')).body;
  await open(page, '/companies');
  await passes(page, 'companies');
  await open(page, '/help');
  await passes(page, 'help');
  await open(page, '/settings');
  await page.getByLabel('What it is for').fill('A phone');
  await page.getByRole('button', { name: 'Make one' }).click();
  await page.locator('.secret').waitFor();
  await passes(page, 'settings, with a secret');
  const back = page.getByRole('button', { name: 'Take back A phone' });
  await back.click();
  await back.waitFor({ state: 'detached' });
  await open(page, `/organisations/${organisation.id}/details`);
  await page.getByRole('button', { name: 'New book' }).click();
  await passes(page, 'organisation');
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'organisation, editing');
}

async function importing(page: Page) {
  await open(page, '/import', 'Drop it here');
  await page.getByRole('button', { name: /Paste a table/ }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'import, pasting');
  await page.keyboard.press('Escape');
  await passes(page, 'import, file');
  await page.getByLabel('Choose files').setInputFiles({ name: 'contacts.csv', mimeType: 'text/csv', buffer: Buffer.from(write(googleRows(40))) });
  await page.getByRole('button', { name: 'Check' }).waitFor();
  await passes(page, 'import, columns');
  await page.getByRole('button', { name: 'Check' }).click();
  const go = page.getByRole('button', { name: /Import 40 contacts/ });
  await go.waitFor();
  await page.getByRole('row').nth(3).waitFor();
  await passes(page, 'import, check');
  // While it runs, and when it stopped: the server's word, held still.
  const shape = (await call<Record<string, unknown>>(page, 'GET', new URL(page.url()).pathname.replace('/import/', '/v1/imports/'))).body;
  for (const more of [{ state: 'running', done: 12, rows: 40 }, { state: 'failed', done: 12, rows: 40, why: 'The disk is full.' }]) {
    const still = (route: Route) => route.fulfill({ json: { ...shape, ...more } });
    await page.route('**/v1/imports/*', still);
    await page.reload();
    await page.locator(more.state === 'running' ? '.progress' : '[role="alert"]').waitFor();
    await passes(page, `import, ${more.state}`);
    await page.unroute('**/v1/imports/*', still);
  }
  await page.reload();
  await go.click();
  await page.getByText('40 contacts are in your book').waitFor();
  await passes(page, 'import, done');
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByRole('heading', { name: 'The import was taken back' }).waitFor();
  await passes(page, 'import, taken back');
  // Those of another width put all of the bin back: what was imported here is none of it.
  await call(page, 'DELETE', '/v1/bin');
}

async function waiting(page: Page) {
  // The app's own files are kept on this device by now.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.context().setOffline(true);
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('s');
  await page.getByText('Kept on this device').waitFor();
  await passes(page, 'list, something waits');
  await page.getByRole('button', { name: 'Show them' }).click();
  await page.getByRole('dialog').waitFor();
  await passes(page, 'what waits');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Your account/ }).filter({ visible: true }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('dialog', { name: '1 change is not sent yet' }).waitFor();
  await passes(page, 'leaving while something waits');
  await page.getByRole('button', { name: 'Keep waiting' }).last().click();
  await page.context().setOffline(false);
  await page.getByText('You are offline').waitFor({ state: 'detached' });
}

async function failing(page: Page) {
  await open(page, '/nobody/knows/this', 'nothing at this address');
  await passes(page, 'nowhere');
  for (const [path, what] of [['/contacts/0', 'not here'], ['/import/0', 'not here'], ['/organisations/0/details', 'not here']] as const) {
    await open(page, path, what);
    await passes(page, `${path}, not here`);
  }
  // A book that is kept on this device neither loads nor fails.
  await page.evaluate(() => localStorage.setItem('rolo.device', 'no'));
  const silent = (route: Route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Unavailable","status":503,"detail":"The database is not answering. Nothing is lost."}' });
  for (const [path, api] of [['/', '**/v1/snapshot'], ['/companies', '**/v1/snapshot'], ['/bin', '**/v1/bin?*'], ['/history', '**/v1/batches?*']] as const) {
    await page.route(api, silent);
    await open(page, path, 'Nothing is lost.');
    await passes(page, `${path}, in error`);
    await page.unroute(api, silent);
  }
  const { items } = (await call<{ items: { id: string }[] }>(page, 'GET', '/v1/contacts?limit=1')).body;
  let answer = () => {};
  const held = new Promise<void>((go) => (answer = go));
  for (const [path, api] of [['/', '**/v1/snapshot'], [`/contacts/${items[0]!.id}/edit`, '**/v1/contacts/*'], ['/bin', '**/v1/bin?*'], ['/history', '**/v1/batches?*']] as const) {
    const waits = (route: Route) => held.then(() => route.abort()).catch(() => undefined);
    await page.route(api, waits);
    await page.goto(path);
    await page.locator('.bone').filter({ visible: true }).first().waitFor();
    await passes(page, `${path}, loading`);
    await page.unroute(api, waits);
  }
  answer();
}

/** Looks at the page as it stands: in the light, its names, and in the dark. */
async function passes(page: Page, what: string) {
  const { name, all } = await page.evaluate(() => {
    const { $router } = (document.querySelector('#app') as unknown as { __vue_app__: { config: { globalProperties: { $router: { currentRoute: { value: { name: string } }; getRoutes(): { name: string }[] } } } } }).__vue_app__.config.globalProperties;
    return { name: $router.currentRoute.value.name, all: $router.getRoutes().map((one) => one.name) };
  });
  pages.add(name);
  seen.add(what);
  routes = all;
  assert.deepEqual(await violations(page), [], what);
  assert.deepEqual(nameless(await tree(page)), [], `${what}: without a name`);
  await page.emulateMedia({ colorScheme: 'dark' });
  // In the dark the page is the same but for its colours.
  assert.deepEqual(await violations(page, true), [], `${what}, dark`);
  await page.emulateMedia({ colorScheme: 'light' });
}
