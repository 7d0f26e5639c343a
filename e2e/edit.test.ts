// The form: every field, a draft that survives, faults at their field, and two people changing one contact.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { call, contact, made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { fullStage } from './harness/stage.ts';
import { same, until } from './harness/until.ts';

const on = fullStage();

const add = (page: Page, what: string) => page.getByRole('button', { name: `Add ${what}` }).click();
const toList = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Contacts/ }).click();
const values = (members: unknown, key: string) => Object.values(members as Record<string, Record<string, unknown>>).map((one) => one[key]);

test('a contact is made with every field, and the card says each of them', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const mateo = await made(page, { name: { full: 'Mateo Reyes' } });
  await page.goto('/contacts/new');
  await page.getByRole('button', { name: 'All name fields' }).click();
  const fields = {
    'Prefix': 'Dr.', 'First name': 'Amara', 'Middle name': 'N.', 'Last name': 'Okonjo', 'Suffix': 'PhD', 'Phonetic first': 'ah-MAH-rah', 'Nickname': 'Ama', 'File as': 'Okonjo, A', 'Company': 'Halden Oke', 'Job title': 'Architect',
    'Department': 'Timber', 'Phonetic company': 'hal', 'Notes': 'Two\nlines',
  };
  for (const [name, value] of Object.entries(fields)) await page.getByLabel(name, { exact: true }).fill(value);
  await add(page, 'e-mail');
  await page.getByLabel('E-mail', { exact: true }).fill('amara@oke.example');
  await page.getByRole('group', { name: 'E-mail 1' }).getByRole('combobox', { name: 'Label' }).fill('Front desk');
  await add(page, 'phone');
  await page.getByLabel('Phone', { exact: true }).pressSequentially('+353915550142');
  const number = () => page.getByLabel('Phone', { exact: true }).inputValue();
  await same(number, '+353 91 555 0142', 'the number');
  await page.getByLabel('Country of the number').focus();
  await page.getByLabel('Country of the number').selectOption('SE');
  await until(async () => /^\+46 91/.test(await number()), async () => `the number follows its country: ${await number()}`);
  await add(page, 'address');
  const address = page.getByRole('group', { name: 'Address 1' });
  await address.getByRole('combobox', { name: 'Country' }).fill('United States');
  await page.keyboard.press('Tab');
  await address.getByLabel('ZIP code').fill('62701');
  await address.getByLabel('State').fill('IL');
  await address.getByLabel('Street').fill('1 Main St');
  await page.getByRole('group', { name: 'Birthday' }).getByLabel('Day', { exact: true }).fill('29');
  await page.getByLabel('Birthday, month').selectOption('2');
  await add(page, 'date');
  const date = page.getByRole('group', { name: 'Date 1' });
  await date.getByLabel('Day', { exact: true }).fill('14');
  await date.getByLabel('Date, month').selectOption('6');
  await date.getByLabel('Year, if known').fill('2019');
  await add(page, 'relation');
  const relation = page.getByRole('group', { name: 'Person 1' });
  await relation.getByRole('combobox', { name: 'Person' }).fill('Mateo');
  await page.getByRole('option', { name: 'Mateo Reyes' }).click();
  await relation.getByText('In your book').waitFor();
  await add(page, 'website');
  await page.getByLabel('Website', { exact: true }).fill('https://oke.example');
  await add(page, 'account');
  await page.getByRole('group', { name: 'Account 1' }).getByRole('textbox', { name: 'Account' }).fill('@amara:oke.example');
  await page.getByRole('group', { name: 'Account 1' }).getByRole('combobox', { name: 'Service' }).fill('Matrix');
  await add(page, 'custom field');
  await page.getByLabel('Custom field', { exact: true }).fill('Locker');
  await page.getByLabel('Value', { exact: true }).fill('B-217');
  await page.getByRole('combobox', { name: 'Gender' }).fill('Female');
  await add(page, 'pronouns');
  await page.getByLabel('Pronouns', { exact: true }).fill('she/her');
  await add(page, 'language');
  await page.getByRole('combobox', { name: 'Language' }).fill('Irish');
  await page.getByRole('option', { name: 'Irish' }).click();
  await add(page, 'interest');
  await page.getByLabel('Interest', { exact: true }).fill('Sailing');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Dr. Amara N. Okonjo PhD' }).waitFor();
  const { card } = await contact(page, page.url().split('/').at(-1)!);
  assert.deepEqual(values(card.emails, 'label'), ['Front desk']);
  assert.match(String(values(card.phones, 'number')[0]), /^\+46 /);
  assert.deepEqual(values(card.addresses, 'countryCode'), ['US']);
  assert.deepEqual(values(card.anniversaries, 'date'), [{ month: 2, day: 29 }, { year: 2019, month: 6, day: 14 }]);
  assert.deepEqual(card.relatedTo, { [mateo.id]: { relation: { spouse: true }, 'rolo:name': 'Mateo Reyes' } });
  assert.deepEqual(values(card['rolo:customFields'], 'value'), ['B-217']);
  assert.deepEqual([values(card.onlineServices, 'service'), values(card.links, 'uri'), values(card.notes, 'note'), card['rolo:fileAs'], values(card.nicknames, 'name')], [['Matrix'], ['https://oke.example'], ['Two\nlines'], 'Okonjo, A', ['Ama']]);
  assert.deepEqual([card['rolo:gender'], values((card.speakToAs as { pronouns: unknown }).pronouns, 'pronouns'), values(card.preferredLanguages, 'language'), values(card.personalInfo, 'value')], [{ sex: 'F' }, ['she/her'], ['ga'], ['Sailing']]);
  for (const word of ['Female', 'she/her', 'Irish', 'Sailing']) await page.locator('main').getByText(word).first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'Mateo Reyes' }).getAttribute('href'), `/contacts/${mateo.id}`);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back').waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('the second of each has its field: jobs with their titles, nicknames and notes are added, changed and taken out', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id } = await made(page, {
    name: { full: 'Twice Theo' }, organizations: { n1: { name: 'Acme' }, n2: { name: 'Beta' } }, titles: { n1: { name: 'Potter', organizationId: 'n1' }, n2: { name: 'Poet', organizationId: 'n2' } },
    nicknames: { n1: { name: 'Theo' }, n2: { name: 'Teddy' } }, notes: { n1: { note: 'One' }, n2: { note: 'Two' } },
  });
  const jobs = async () => {
    const { card } = await contact(page, id);
    const companies = card.organizations as Record<string, { name: string }>;
    return Object.values(card.titles as Record<string, { name: string; organizationId?: string }>).map((title) => `${title.name} at ${companies[title.organizationId ?? '']?.name}`).sort();
  };
  await page.goto(`/contacts/${id}/edit`);
  const job = (n: number) => page.getByRole('group', { name: `Job ${n}` });
  assert.deepEqual([await job(2).getByLabel('Company', { exact: true }).inputValue(), await job(2).getByLabel('Job title').inputValue()], ['Beta', 'Poet']);
  await job(2).getByLabel('Job title').fill('Laureate');
  await add(page, 'job');
  await job(3).getByLabel('Company', { exact: true }).fill('Gamma');
  await job(3).getByLabel('Job title').fill('Guide');
  await job(1).getByRole('button', { name: 'Remove Acme' }).click();
  await page.getByRole('group', { name: 'Nickname 2' }).getByLabel('Nickname', { exact: true }).fill('Teddie');
  await page.getByRole('group', { name: 'Note 2' }).getByRole('button', { name: 'Remove Two' }).click();
  await add(page, 'note');
  await page.getByRole('group', { name: 'Note 2' }).getByLabel('Notes').fill('Three');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.hero').getByText('Laureate').waitFor();
  const { card } = await contact(page, id);
  assert.deepEqual(await jobs(), ['Guide at Gamma', 'Laureate at Beta']);
  assert.deepEqual([values(card.nicknames, 'name'), values(card.notes, 'note')], [['Theo', 'Teddie'], ['One', 'Three']]);
  await page.getByText('Guide, Gamma').waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back').waitFor();
  assert.deepEqual(await jobs(), ['Poet at Beta', 'Potter at Acme']);
  assert.deepEqual(faults, []);
  await end();
});

test('leaving asks, a draft survives a reload, and discarding forgets it', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id } = await made(page, { name: { full: 'Drafty Dan' } });
  await page.goto(`/contacts/${id}/edit`);
  await page.getByLabel('Notes').fill('half a thought');
  await toList(page);
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).getByRole('button', { name: 'Go on editing' }).last().click();
  await same(() => page.getByLabel('Notes').inputValue(), 'half a thought', 'the draft');
  await page.reload();
  await page.getByText('This is what you typed here earlier').waitFor();
  await same(() => page.getByLabel('Notes').inputValue(), 'half a thought', 'the draft');
  await toList(page);
  await page.getByRole('button', { name: 'Keep as a draft' }).click();
  await page.getByRole('heading', { name: /^Contacts/ }).waitFor();
  await page.goto(`/contacts/${id}/edit`);
  await same(() => page.getByLabel('Notes').inputValue(), 'half a thought', 'the draft');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.goto(`/contacts/${id}/edit`);
  await page.getByText('Nothing changed yet').waitFor();
  await same(() => page.getByLabel('Notes').inputValue(), '', 'the field');
  assert.deepEqual(faults, []);
  await end();
});

test('a fault stands at its field, whether the page finds it or the server', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  await page.goto('/contacts/new');
  await page.getByLabel('First name').fill('Faulty');
  await add(page, 'e-mail');
  await page.getByLabel('E-mail', { exact: true }).fill('amara@postbox');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const mail = page.getByLabel('E-mail', { exact: true });
  await page.getByText('Add the part after the dot').waitFor();
  assert.equal(await mail.getAttribute('aria-invalid'), 'true');
  await until(() => mail.evaluate((field) => field === document.activeElement), 'Save leads to the first fault');
  await mail.fill('amara@post.example');
  await add(page, 'custom field');
  await page.getByLabel('Custom field', { exact: true }).fill('Long');
  await page.getByLabel('Value', { exact: true }).fill('v');
  await page.getByLabel('Notes').fill('n'.repeat(70_000));
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/v1/contacts'));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  assert.equal((await answered).status(), 422);
  await until(async () => (await page.getByLabel('Notes').getAttribute('aria-invalid')) === 'true', 'the fault stands at the notes');
  assert.equal((await page.getByLabel('Notes').inputValue()).length, 70_000, 'nothing typed is lost');
  assert.deepEqual(faults, []);
  await end();
});

test('two people change one contact: both sides are shown, and each field is chosen', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id, card } = await made(page, { name: { components: [{ kind: 'given', value: 'Ann' }, { kind: 'surname', value: 'Lee' }] }, emails: { n1: { address: 'ann@old.example' } }, titles: { n1: { name: 'Potter' } } });
  await page.goto(`/contacts/${id}/edit`);
  await page.getByLabel('First name').fill('Anna');
  await page.getByLabel('E-mail', { exact: true }).fill('mine@new.example');
  await page.getByLabel('Notes').fill('mine alone');
  const email = Object.keys(card.emails as object)[0]!;
  const theirs = { card: { name: { components: [{ kind: 'given', value: 'Annika' }, { kind: 'surname', value: 'Lee' }] }, emails: { [email]: { address: 'theirs@new.example' } }, nicknames: { n1: { name: 'theirs alone' } } } };
  assert.equal((await call(page, 'PATCH', `/v1/contacts/${id}`, theirs, { 'content-type': 'application/merge-patch+json', 'if-match': '*' })).status, 200);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const asked = page.getByRole('alertdialog', { name: 'This contact was saved elsewhere meanwhile' });
  await asked.waitFor();
  assert.equal(await asked.getByRole('group').count(), 2);
  await asked.getByRole('group', { name: 'First name' }).getByText('Annika').click();
  await asked.getByRole('group', { name: 'E-mail' }).getByText('mine@new.example').click();
  await asked.getByRole('button', { name: 'Save with these choices' }).click();
  await page.getByRole('heading', { name: 'Annika Lee' }).waitFor();
  const now = (await contact(page, id)).card;
  assert.deepEqual([values(now.emails, 'address'), values(now.notes, 'note'), values(now.nicknames, 'name')], [['mine@new.example'], ['mine alone'], ['theirs alone']]);
  assert.deepEqual(faults, []);
  await end();
});
