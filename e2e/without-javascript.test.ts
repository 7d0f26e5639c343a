// Without JavaScript: sign-in, the list page by page, search, labels and a contact with all it says, by links and forms.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { visit } from './harness/browser.ts';
import { drawn } from './harness/drawn.ts';
import { stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const PEOPLE = 120;
const on = stage(undefined, PEOPLE);

async function plain() {
  return visit(on.browser, on.rolo.url, { javaScriptEnabled: false });
}

test('the door, a refusal at the form, and on to where one wanted to go', async () => {
  const { page, end } = await plain();
  await page.goto('/help');
  await drawn(page);
  assert.match(page.url(), /\/sign-in\?next=/);
  const told = page.getByRole('alert');
  await until(async () => {
    await page.getByLabel('E-mail').fill(on.noor.email);
    await page.getByLabel('Password', { exact: true }).fill('six loud harbour evenings');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await told.or(page.locator('body noscript')).first().waitFor({ state: 'attached' });
    if ((await told.count()) > 0) return true;
    // The answer to a form is asked for by the form alone.
    await page.goto('/help');
    await drawn(page);
    return false;
  }, 'the refusal is never drawn');
  await told.filter({ hasText: 'E-mail and password do not belong together.' }).waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), on.noor.email);
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  await page.getByLabel('Password', { exact: true }).fill(on.noor.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/help');
  await drawn(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  assert.deepEqual(await page.context().cookies(), []);
  await page.goto('/');
  assert.match(page.url(), /\/sign-in/);
  await end();
});

test('everybody is in the pages of the list, each once but for the starred, who stand on top', async () => {
  const { page, end } = await plain();
  await page.goto('/sign-in');
  await drawn(page);
  await page.getByLabel('E-mail').fill(on.noor.email);
  await page.getByLabel('Password', { exact: true }).fill(on.noor.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname === '/');
  const seen = new Map<string, string>();
  let pages = 0;
  for (;;) {
    pages += 1;
    await drawn(page);
    const rows = await page.locator('.person .who > a').evaluateAll((all) => all.map((one) => [one.getAttribute('href')!, one.textContent!.trim()] as const));
    assert.ok(rows.length > 0 && rows.length <= 50, `${rows.length} rows on a page`);
    for (const [href, name] of rows) seen.set(href, name);
    const next = page.getByRole('link', { name: 'Next page' });
    if ((await next.count()) === 0) break;
    const to = await next.getAttribute('href');
    await next.click();
    await page.waitForURL((url) => url.pathname + url.search === to);
  }
  assert.equal(seen.size, PEOPLE);
  assert.ok(pages >= 3);
  assert.equal(await page.getByRole('link', { name: 'First page' }).count(), 1);
  // Nothing that would do nothing is offered.
  assert.equal(await page.locator('button:visible:not([type="submit"])').filter({ hasNot: page.locator('.list-head *') }).evaluateAll((all) => all.filter((one) => !one.closest('.list-head')).length), 0);
  await end();
});

test('search, a label and a contact with all it says', async () => {
  const { page, end } = await plain();
  // Made by a program, as there is no form for it here.
  const post = (path: string, data: unknown) => page.context().request.post(on.rolo.url + path, { data, headers: { origin: on.rolo.url } });
  assert.ok((await post('/v1/sessions', on.noor)).ok());
  const made = await post('/v1/contacts', { card: {
    name: { full: 'Zipporah Quince' }, emails: { e1: { address: 'zipporah@quince.example' } }, phones: { p1: { number: '+1 202 555 0177' } }, titles: { t1: { name: 'Beekeeper' } }, notes: { n1: { note: 'Brings honey in May' } },
    addresses: { a1: { components: [{ kind: 'name', value: '7 Hive Row' }, { kind: 'locality', value: 'Galway' }] } },
  } });
  assert.equal(made.status(), 201);
  const { id } = (await made.json()) as { id: string };
  const { items } = (await (await page.context().request.get(`${on.rolo.url}/v1/labels`)).json()) as { items: { id: string; name: string; contacts: number }[] };
  const label = items.find((one) => one.contacts > 0)!;

  await page.goto('/');
  await drawn(page);
  await page.locator('#search').fill('zipporah');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?q=zipporah');
  // The index follows what was written within a moment.
  await until(async () => {
    await page.reload();
    return (await page.locator(`a[href="/contacts/${id}"]`).count()) > 0;
  }, 'the search never finds her');
  await page.locator(`a[href="/contacts/${id}"]`).click();
  await page.waitForURL(`**/contacts/${id}`);
  await drawn(page);
  await page.getByRole('heading', { name: 'Zipporah Quince' }).waitFor();
  for (const fact of ['zipporah@quince.example', '+1 202 555 0177', 'Beekeeper', 'Brings honey in May', '7 Hive Row']) await page.getByText(fact).first().waitFor();
  await page.locator(`.drawer a[href="/labels/${label.id}"]`).click();
  await page.waitForURL(`**/labels/${label.id}`);
  await drawn(page);
  await page.getByRole('heading', { name: label.name }).waitFor();
  await page.locator('.person').first().waitFor();
  await end();
});

test('a page that needs scripts says so', async () => {
  const { page, end } = await plain();
  assert.ok((await page.context().request.post(`${on.rolo.url}/v1/sessions`, { data: on.noor, headers: { origin: on.rolo.url } })).ok());
  await page.goto('/import');
  const said = page.locator('body noscript');
  await said.waitFor();
  assert.match(await said.innerText(), /Rolo needs JavaScript for this page\./);
  await end();
});
