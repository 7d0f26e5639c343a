// One contact's page: everything its card holds, the quick acts, labels, neighbours, history and the way back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { call, contact, made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { fullStage } from './harness/stage.ts';
import { same, until } from './harness/until.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const CARD = {
  name: { components: [{ kind: 'title', value: 'Dr.' }, { kind: 'given', value: 'Amara', phonetic: 'ah-MAH-rah' }, { kind: 'surname', value: 'Okonjo' }], phoneticScript: 'Latn' },
  nicknames: { n1: { name: 'Ama' } }, organizations: { n1: { name: 'Halden Oke', units: [{ name: 'Timber' }] } }, titles: { n1: { name: 'Architect' }, n2: { kind: 'role', name: 'Lead' } },
  emails: { n1: { address: 'amara@oke.example', contexts: { work: true } }, n2: { address: 'amara@post.example', pref: 1 } }, phones: { n1: { number: '+353 91 555 0142 ext. 24', features: { mobile: true } }, n2: { number: '+353 1', label: 'Boat' } },
  onlineServices: { n1: { service: 'Matrix', user: '@amara:oke.example' } }, links: { n1: { uri: 'https://oke.example/amara', label: 'Portfolio' } },
  addresses: { n1: { components: [{ kind: 'name', value: '14 Harbour Street' }, { kind: 'locality', value: 'Galway' }, { kind: 'postcode', value: 'H91 X0X0' }, { kind: 'country', value: 'Ireland' }], countryCode: 'IE' } },
  anniversaries: { n1: { kind: 'birth', date: { month: 4, day: 23 } }, n2: { kind: 'wedding', date: { year: 2019, month: 6, day: 14 } }, n3: { kind: 'rolo:other', 'rolo:label': 'Moved in', date: { year: 2001 } } },
  relatedTo: { 'Mateo Reyes': { relation: { spouse: true } } }, 'rolo:customFields': { n1: { label: 'Locker', value: 'B-217' } }, notes: { n1: { note: 'First note' }, n2: { note: 'Second note' } },
  personalInfo: { n1: { kind: 'hobby', value: 'Sailing' } }, speakToAs: { pronouns: { n1: { pronouns: 'she/her' } } }, calendars: { n1: { kind: 'calendar', uri: 'https://cal.example/amara' } },
  media: { n1: { kind: 'photo', uri: `data:image/png;base64,${PIXEL}`, mediaType: 'image/png' } },
};

const on = fullStage();

test('everything a card holds is on its page, what has no field of its own under “Also on this card”', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const mateo = await made(page, { name: { full: 'Mateo Reyes' } });
  const oke = await made(page, { name: { full: 'Halden Oke' }, organizations: { n1: { name: 'Halden Oke' } } }, { kind: 'org' });
  const { id } = await made(page, CARD);
  await page.goto(`/contacts/${id}`);
  await page.getByRole('heading', { name: 'Dr. Amara Okonjo', level: 1 }).waitFor();
  const main = page.locator('main');
  for (const value of [
    'ah-MAH-rah', 'Architect', 'Ama', 'Timber', 'Lead', 'amara@oke.example', 'amara@post.example', '+353 91 555 0142 ext. 24', 'Boat', '@amara:oke.example', 'Portfolio', '14 Harbour Street', 'H91 X0X0', '23 April', '14 June 2019',
    'Moved in', '2001', 'Mateo Reyes', 'Spouse', 'B-217', 'Locker', 'First note', 'Second note', 'Also on this card', 'Sailing', 'she/her', 'https://cal.example/amara',
  ]) await main.getByText(value).filter({ visible: true }).first().waitFor();
  const href = (name: string) => page.getByRole('navigation', { name: 'Reach Dr. Amara Okonjo' }).getByRole('link', { name }).getAttribute('href');
  assert.equal(await href('E-mail'), 'mailto:amara@post.example');
  assert.equal(await href('Call'), 'tel:+353915550142');
  assert.equal(await href('Message'), 'sms:+353915550142');
  assert.match((await href('Directions'))!, /^https:\/\/www\.openstreetmap\.org\/directions\?to=14%20Harbour/);
  // Whose card it is, the book says as soon as it is here.
  await same(() => page.getByRole('link', { name: 'Mateo Reyes' }).getAttribute('href'), `/contacts/${mateo.id}`, 'the way to the relation');
  await same(() => page.getByRole('link', { name: 'Halden Oke' }).getAttribute('href'), `/contacts/${oke.id}`, 'the way to the company');
  await page.waitForFunction(() => Array.from(document.querySelectorAll<HTMLImageElement>('.hero .avatar img')).some((image) => image.complete && image.naturalWidth > 0));
  await page.getByRole('button', { name: 'Show code' }).click();
  const code = page.getByRole('img', { name: 'Scan to save this card' }).locator('path');
  await until(async () => ((await code.getAttribute('d')) ?? '').length > 1000, 'the code is drawn');
  await page.keyboard.press('Escape');
  await page.goto(`/contacts/${oke.id}`);
  await page.getByRole('link', { name: /Amara Okonjo/ }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('a label is made and given on the page, taken back from the toast, and the neighbours are one key away', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const people = [];
  for (const name of ['Zed Aa', 'Zed Bb', 'Zed Cc']) people.push(await made(page, { name: { full: name } }));
  await page.goto(`/contacts/${people[1]!.id}`);
  await page.getByRole('button', { name: 'Label', exact: true }).click();
  await page.getByLabel('Find or name a label').fill('Rowers');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Rowers' }).first().waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back').waitFor();
  assert.deepEqual((await contact(page, people[1]!.id)).labels, []);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Next contact' }).click();
  await page.getByRole('heading', { name: 'Zed Cc' }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('heading', { name: 'Zed Bb' }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('heading', { name: 'Zed Aa' }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('the neighbours are those of the list one came from: a search, a label, a company, also after paging, a reload and saving', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id: book } = (await call<{ items: { id: string }[] }>(page, 'GET', '/v1/books')).body.items[0]!;
  const { id: label } = (await call<{ id: string }>(page, 'POST', '/v1/labels', { name: 'Oars', book })).body;
  const card = (name: string, more: object = {}) => ({ name: { full: name }, ...more });
  await made(page, card('Zwyquill Aa', { organizations: { n1: { name: 'Ferry' } } }), { labels: [label] });
  await made(page, card('Zwyquill Bb'));
  await made(page, card('Zwyquill Cc', { organizations: { n1: { name: 'Ferry' } } }), { labels: [label], starred: true });
  const ferry = await made(page, card('Ferry', { organizations: { n1: { name: 'Ferry' } } }), { kind: 'org' });
  const person = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();
  const place = (at: string) => page.locator('.neighbours').getByText(at, { exact: true }).waitFor();
  const open = async (path: string, row: RegExp, many: number) => {
    await page.goto(path);
    // Which of them is the first is known once all of them are here.
    await until(async () => (await page.getByRole('row', { name: row }).count()) === many, `${path} has ${many} rows`);
    await page.getByRole('row', { name: row }).first().click();
  };
  await open('/search?q=zwyquill', /Zwyquill/, 3);
  await place('1 of 3');
  await page.getByRole('button', { name: 'Next contact' }).click();
  await place('2 of 3');
  await page.reload();
  await place('2 of 3');
  await page.getByRole('link', { name: 'Edit' }).first().click();
  await page.getByLabel('Notes').fill('Rows well');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.prose').getByText('Rows well').waitFor();
  await place('2 of 3');
  await open(`/labels/${label}`, /Zwyquill Cc/, 1);
  await place('1 of 2');
  await page.keyboard.press('j');
  await person('Zwyquill Aa');
  await page.goto(`/contacts/${ferry.id}`);
  await page.getByRole('link', { name: /Zwyquill Aa/ }).click();
  await place('1 of 2');
  await page.keyboard.press('j');
  await person('Zwyquill Cc');
  await page.goto('/');
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('zwyquill b');
  await page.getByRole('option', { name: /Zwyquill Bb/ }).click();
  await person('Zwyquill Bb');
  await place('1 of 1');
  assert.deepEqual(faults, []);
  await end();
});

test('the card is copied whole, and a phone’s own maps app shows the way', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url, { permissions: ['clipboard-read', 'clipboard-write'], userAgent: 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36' });
  await signIn(page, on.noor);
  const { id } = await made(page, { name: { full: 'Copy Cora' }, emails: { n1: { address: 'cora@copy.example', contexts: { work: true } } }, addresses: { n1: { components: [{ kind: 'name', value: 'Quay 1' }, { kind: 'locality', value: 'Cork' }] } } });
  await page.goto(`/contacts/${id}`);
  await page.getByRole('button', { name: 'Copy the card' }).click();
  await page.getByText('Copied', { exact: true }).waitFor();
  assert.deepEqual((await page.evaluate(() => navigator.clipboard.readText())).split('\n'), ['Copy Cora', 'cora@copy.example (Work)', 'Quay 1, Cork']);
  assert.equal(await page.getByRole('navigation', { name: 'Reach Copy Cora' }).getByRole('link', { name: 'Directions' }).getAttribute('href'), 'geo:0,0?q=Quay%201%2C%20Cork');
  assert.deepEqual(faults, []);
  await end();
});

test('the history tells what changed, takes one change back and puts a version back', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id, card } = await made(page, { name: { full: 'Hilda Past' }, emails: { n1: { address: 'old@past.example' } }, notes: { n1: { note: 'Stays' } } });
  const change = (body: unknown) => call(page, 'PATCH', `/v1/contacts/${id}`, body, { 'content-type': 'application/merge-patch+json', 'if-match': '*' });
  await change({ card: { emails: { [Object.keys(card.emails as object)[0]!]: { address: 'new@past.example' } } } });
  await change({ card: { nicknames: { n1: { name: 'Hil' } } } });
  await page.goto(`/contacts/${id}`);
  const history = page.locator('section.card', { has: page.getByRole('heading', { name: 'History' }) });
  const email = history.getByRole('listitem').filter({ hasText: 'old@past.example' }).first();
  await email.waitFor();
  assert.deepEqual([await email.locator('del').first().innerText(), await email.locator('ins').first().innerText()].map((text) => text.replace(/^(Removed|Added)\s*/, '')), ['old@past.example', 'new@past.example']);
  await email.getByRole('button', { name: 'Undo this change' }).click();
  await page.getByText('Taken back').waitFor();
  const once = (await contact(page, id)).card;
  assert.deepEqual(Object.values(once.emails as Record<string, { address: string }>).map((one) => one.address), ['old@past.example']);
  assert.ok(once.nicknames, 'a later change to another field stays');
  const first = () => history.getByRole('listitem').filter({ hasText: 'made this card' });
  const older = history.getByRole('button', { name: 'Show older changes' });
  await first().or(older).first().waitFor();
  if (!(await first().count())) await older.click();
  await first().getByRole('button', { name: 'Put this version back' }).click();
  await page.getByText('That version is back').waitFor();
  assert.equal((await contact(page, id)).card.nicknames, undefined);
  assert.deepEqual(faults, []);
  await end();
});
