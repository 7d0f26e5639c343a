// What a screen reader is told: roles, names and states in Chromium's accessibility tree, and what is announced as it happens.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { whole } from './harness/list.ts';
import { stage } from './harness/stage.ts';
import { type Node, tree } from './harness/tree.ts';
import { until } from './harness/until.ts';

const on = stage(async ({ rolo, noor }) => {
  await rolo.command('seed', '30', '--email', noor.email);
});

const found = (nodes: readonly Node[], role: string, name: string | RegExp) => nodes.filter((one) => one.role === role && (typeof name === 'string' ? one.name === name : name.test(one.name)));
/** Each of these comes into the tree, as `role: name`. */
async function told(page: Page, wanted: Readonly<Record<string, readonly (string | RegExp)[]>>): Promise<Node[]> {
  let nodes: Node[] = [];
  let missing: string[] = [];
  await until(async () => {
    nodes = await tree(page);
    missing = Object.entries(wanted).flatMap(([role, names]) => names.filter((name) => found(nodes, role, name).length === 0).map((name) => `${role}: ${String(name)}`));
    return missing.length === 0;
  }, async () => `${missing.join('\n')} among\n${nodes.filter((one) => one.name && !/Text/.test(one.role)).map((one) => `${one.role}: ${one.name}`).slice(0, 80).join('\n')}`);
  return nodes;
}

/** Writes down what live regions say from now on. Only one that was there before its words is read out. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    for (const region of Array.from(document.querySelectorAll('[role="status"], [role="alert"], [aria-live="polite"]'))) {
      new MutationObserver(() => said.push((region.textContent ?? '').replace(/\s+/g, ' ').trim())).observe(region, { subtree: true, childList: true, characterData: true });
    }
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}
const heard = (said: () => Promise<string[]>, words: RegExp) =>
  until(async () => (await said()).some((one) => words.test(one)), async () => `not announced: ${String(words)} in ${JSON.stringify(await said())}`);

test('the list, its frame and its bar are what they look like, and say what changed', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id } = await made(page, { name: { full: 'Aaron Aalto' }, emails: { n1: { address: 'aaron@aalto.example' } }, phones: { n1: { number: '+353 91 555 0142' } } });
  await page.goto('/');
  await page.locator(`#row-${id}`).waitFor();
  await whole(page);
  const nodes = await told(page, {
    navigation: ['Main'], main: [''], combobox: ['Search contacts'], heading: [/^Contacts/], grid: ['Contacts'], columnheader: ['Name', 'Email', 'Phone number'], row: [/Aaron Aalto.*aaron@aalto\.example/], gridcell: [/Aaron Aalto/],
    link: ['Skip to contacts', 'Create contact', /^Contacts 3\d$/, 'Import', 'History', /^Bin/], button: [/^Your account/, 'Create a label', 'Closer lines', 'How the list looks'],
  });
  assert.equal(found(nodes, 'grid', 'Contacts')[0]!.states.multiselectable, true);
  const said = await listen(page);
  await page.getByRole('grid').focus();
  await page.keyboard.press('x');
  const chosen = await told(page, { toolbar: ['What to do with those selected'], status: [''], button: ['Choose nobody', 'Labels', 'Star', 'Hide', 'Move to bin'] });
  assert.equal(chosen.filter((one) => one.role === 'row' && one.states.selected === true).length, 1, 'the row that was chosen says so');
  await page.keyboard.press('l');
  await page.getByRole('dialog').waitFor();
  const dialog = await told(page, { dialog: ['Labels'], textbox: ['Find or create a label'], checkbox: [/./], button: ['Close', 'Cancel', 'Apply'] });
  assert.equal(found(dialog, 'dialog', 'Labels')[0]!.states.modal, true);
  assert.equal(found(dialog, 'grid', 'Contacts').length, 0, 'what lies behind a dialog is not met');
  await page.keyboard.press('Escape');
  await page.keyboard.press('#');
  await heard(said, /in the bin.*Undo/);
  await page.keyboard.press('Control+z');
  await heard(said, /Taken back/);
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('aalto');
  await heard(said, /^1 found$/);
  const finds = await told(page, { listbox: ['Found'], option: [/Aaron Aalto/, /All results for/] });
  assert.equal(found(finds, 'combobox', 'Search contacts')[0]!.states.expanded, true);
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('nobody at all');
  await heard(said, /^Nobody found$/);
  assert.deepEqual(faults, []);
  await end();
});

test('a contact, its form with a fault, and the wizard are what they look like', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id } = await made(page, { name: { components: [{ kind: 'given', value: 'Aaron' }, { kind: 'surname', value: 'Berg' }] }, emails: { n1: { address: 'aaron@berg.example' } } });
  await page.goto(`/contacts/${id}`);
  await page.getByText('made this card').waitFor();
  await told(page, { heading: ['Aaron Berg', 'Contact details', 'History'], link: ['Edit'], button: ['Star', 'Move to bin', 'Show code', 'Export this contact', 'Copy aaron@berg.example'] });
  await page.goto(`/contacts/${id}/edit`);
  await page.getByLabel('E-mail', { exact: true }).fill('nonsense');
  await page.keyboard.press('Tab');
  await page.getByText('Add the part around the @').waitFor();
  const form = await told(page, { textbox: ['First name', 'Last name', 'Company', 'Job title', 'E-mail', 'Notes'], group: ['E-mail 1', 'Birthday'], combobox: ['Label', /month/], button: ['All name fields', 'Add e-mail', 'Remove nonsense', 'Save'] });
  assert.equal(String(found(form, 'textbox', 'E-mail')[0]!.states.invalid), 'true');
  await page.goto('/import');
  await page.getByText('Drop it here').waitFor();
  await page.getByLabel('Choose files').setInputFiles({ name: 'names.csv', mimeType: 'text/csv', buffer: Buffer.from('First name,Email\nAda,ada@post.example\n') });
  await page.getByRole('button', { name: 'Check', exact: true }).waitFor();
  await told(page, { heading: ['Import'], list: ['Steps'], columnheader: ['Column in the file', 'Goes into'], combobox: ['First name goes into', 'Email goes into'], button: ['Check'] });
  assert.equal(await page.locator('[aria-current="step"]').innerText().then((words) => words.replace(/\W/g, '')), '2Columns');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  // The sample of the columns says Ada, too.
  await page.getByRole('button', { name: 'Import 1 contact' }).waitFor();
  await page.getByRole('row', { name: /Ada/ }).waitFor();
  await told(page, { group: ['Rows by verdict'], columnheader: ['Row', 'Verdict', 'Name', 'What would happen', 'Decision'], button: [/^1\s*New$/, 'Import 1 contact'] });
  assert.deepEqual(faults, []);
  await end();
});
