// The first paint: what the server draws is the page, the browser goes on from it without a word, and nothing moves.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { call, contact, made } from './harness/api.ts';
import { go, signIn, visit } from './harness/browser.ts';
import { goDrawn, isDrawn } from './harness/drawn.ts';
import { idsOf, rows, whole } from './harness/list.ts';
import { stage } from './harness/stage.ts';
import { same, until } from './harness/until.ts';

const PEOPLE = 120;
/** What the whole book comes with: all of it, or what changed since this device kept it. */
const WHOLE = /\/v1\/(?:snapshot|changes)/;
const on = stage(undefined, PEOPLE);

/** What a page says until it is alive: every line of its console, whatever its kind. */
async function opened(page: Page, path: string): Promise<string[]> {
  const said: string[] = [];
  const hear = (message: { type(): string; text(): string }) => {
    // What a request was answered is the network's line; hints on forms are the browser's own.
    if (!/^Failed to load resource|^\[DOM\]|Service Worker registration/.test(message.text())) said.push(`${message.type()}: ${message.text()}`);
  };
  page.on('console', hear);
  page.on('pageerror', (error) => said.push(`thrown: ${error.message}`));
  // What an empty page said is no matter.
  await goDrawn(page, path, {}, () => said.splice(0));
  await page.waitForLoadState('networkidle');
  page.off('console', hear);
  return said;
}

/** Somebody signed in whose browser keeps no app: each page comes from the server. */
async function noor() {
  const visitor = await visit(on.browser, on.rolo.url, { serviceWorkers: 'block' });
  await signIn(visitor.page, on.noor);
  return visitor;
}

/** Somebody who lies in the bin. */
async function thrownAway(page: Page, name: string) {
  const { id, revision } = await made(page, { name: { full: name } });
  const { status } = await call(page, 'DELETE', `/v1/contacts/${id}`, undefined, { 'if-match': `"${revision}"` });
  assert.equal(status, 204);
}

/** Keeps the whole book away from the page until it is released. */
async function holdBack(page: Page) {
  let release = () => {};
  const released = new Promise<void>((go) => (release = go));
  await page.route(WHOLE, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** The page's text as the server sent it. */
async function sent(page: Page, path: string) {
  let said = { status: 0, headers: {} as Record<string, string>, html: '' };
  await until(async () => {
    const answer = await page.context().request.get(on.rolo.url + path, { maxRedirects: 0 });
    said = { status: answer.status(), headers: answer.headers(), html: await answer.text() };
    return isDrawn(said.html);
  }, `${path} is never drawn`);
  return said;
}

test('what the server sends is the page itself, for each page it draws', async () => {
  const { page, end } = await noor();
  const person = await made(page, { name: { full: 'Ifeoma Drawn' }, emails: { e1: { address: 'ifeoma@post.example' } }, notes: { n1: { note: 'Known from the first paint' } } });
  await thrownAway(page, 'Ifeoma Binned');
  const { organisation } = await page.evaluate(async () => (await (await fetch('/v1/account')).json()) as { organisation: { id: string; name: string } });
  const label = (await page.getByRole('navigation', { name: 'Main' }).locator('a[href^="/labels/"]').first().getAttribute('href'))!;
  for (const [path, title, text] of [
    ['/', 'Contacts', 'role="row"'], [label, '', 'role="row"'], ['/search?q=ifeoma', 'Results for “ifeoma”', 'Results for'], [`/contacts/${person.id}`, 'Ifeoma Drawn', 'Known from the first paint'],
    [`/organisations/${organisation.id}/details`, organisation.name, 'noor@rolo.example'], ['/settings', 'Settings', 'Appearance'], ['/help', 'Help', 'Nothing is lost'],
    ['/companies', 'Companies', 'tabindex="-1"><bdi>Companies'], ['/bin', 'Bin', 'Ifeoma Binned'], ['/history', 'History', 'class="story-line"'], ['/contacts/new', 'Create contact', 'class="scroll edit"'], [`/contacts/${person.id}/edit`, 'Edit Ifeoma Drawn', 'class="scroll edit"'],
  ] as const) {
    const { status, headers, html } = await sent(page, path);
    assert.equal(status, 200, path);
    assert.ok(html.includes(text) && html.includes('id="rolo-state"'), `${path} is drawn`);
    assert.match(html, new RegExp(`<title>${title}.* · Rolo</title>`), path);
    assert.match(html, /<html lang="en" dir="ltr"/);
    assert.equal(headers['cache-control'], 'private, no-store', path);
    assert.match(headers['vary'] ?? '', /cookie/i);
    const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy']!)![1]!;
    assert.ok(html.includes(`<style nonce="${nonce}"`), path);
  }
  assert.equal((await contact(page, person.id)).id, person.id);
  await end();
});

test('a page that is not there is a 404, and whoever is not signed in is led to the door', async () => {
  const { page, end } = await noor();
  for (const path of ['/no/such/page', '/contacts/0199aaaa-0000-7000-8000-00000000dead', '/labels/0199aaaa-0000-7000-8000-00000000dead']) assert.equal((await sent(page, path)).status, 404, path);
  await page.context().clearCookies();
  for (const [path, to] of [['/', '/sign-in'], ['/settings', '/sign-in?next=%2Fsettings'], ['/search?q=a', '/sign-in?next=%2Fsearch%3Fq%3Da']] as const) {
    const { status, headers } = await sent(page, path);
    assert.deepEqual([status, headers['location']], [303, to]);
  }
  assert.equal((await sent(page, '/sign-in')).status, 200);
  await end();
});

test('the browser goes on from each page without a word, and nothing moves', async () => {
  const { page, faults, end } = await noor();
  await page.addInitScript(() => {
    const moved = { sum: 0 };
    Object.assign(window, { moved });
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) moved.sum += (one as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await thrownAway(page, 'Chidi Binned');
  const person = await made(page, { name: { full: 'Chidi Still' }, phones: { p1: { number: '+1 202 555 0110' } } });
  const { organisation } = await page.evaluate(async () => (await (await fetch('/v1/account')).json()) as { organisation: { id: string } });
  for (const path of ['/', '/?starred=true', '/search?q=a', `/contacts/${person.id}`, `/organisations/${organisation.id}/details`, '/settings', '/help', '/hidden', '/no/such/page', '/companies', '/bin', '/history', '/contacts/new', `/contacts/${person.id}/edit`]) {
    assert.deepEqual(await opened(page, path), [], path);
    const moved = await page.evaluate(() => (window as unknown as { moved: { sum: number } }).moved.sum);
    assert.ok(moved < 0.05, `${path} moved by ${moved}`);
    // It is alive: what only a script does is done.
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Help' }).waitFor();
    await page.keyboard.press('Escape');
  }
  assert.deepEqual(faults, []);
  await end();
});

test('what was typed into a form and not saved is there when the drawn page came to life', async () => {
  const { page, faults, end } = await noor();
  const person = await made(page, { name: { full: 'Kofi Draft' } });
  for (const path of ['/contacts/new', `/contacts/${person.id}/edit`]) {
    await page.goto(path);
    const company = page.getByLabel('Company', { exact: true });
    await company.fill('Half typed');
    await page.getByText('Not saved yet').waitFor();
    await page.reload();
    await same(() => company.inputValue(), 'Half typed', path);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.waitForURL((url) => url.pathname !== path);
  }
  assert.deepEqual(faults, []);
  await end();
});

test('a word that was changed on the way is told (the control)', async () => {
  const { page, end } = await noor();
  await page.route('**/help', async (route) => {
    let answer = await route.fetch();
    while (!isDrawn(await answer.text())) answer = await route.fetch();
    const body = (await answer.text()).replace('Nothing is lost', 'Something is lost');
    assert.ok(body.includes('Something is lost'));
    await route.fulfill({ response: answer, body });
  });
  const said = await opened(page, '/help');
  assert.ok(said.some((line) => /hydration/i.test(line)), said.join('\n'));
  await end();
});

test('the list stands at once and becomes the whole book, and rows act before it is there', async () => {
  const { page, faults, end } = await noor();
  const release = await holdBack(page);
  await goDrawn(page, '/');
  await page.getByRole('heading', { name: /^Contacts/ }).waitFor();
  const first = page.locator('.person a').first();
  const name = await first.locator('bdi').first().innerText();
  await first.click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
  await page.goBack();
  release();
  await page.waitForFunction((most) => Number(document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount')) > most, PEOPLE);
  assert.deepEqual(faults, []);
  await end();
});

test('whoever is chosen before the whole book is there stays chosen', async () => {
  const { page, faults, end } = await noor();
  // The list was here before: a place is kept to which it goes back.
  await rows(page).nth(5).waitFor();
  await go(page, '/help');
  await page.getByRole('heading', { name: 'Help' }).waitFor();
  const release = await holdBack(page);
  await goDrawn(page, '/');
  const [, , id] = await idsOf(page);
  await page.locator(`[data-id="${id}"] .chooser`).first().click();
  await page.getByRole('toolbar').waitFor();
  release();
  await whole(page);
  await page.locator(`[data-id="${id}"][aria-selected="true"]`).first().waitFor();
  await page.getByRole('toolbar').getByText('1', { exact: false }).first().waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('the colours the account chose are there before any script', async () => {
  const { page, end } = await noor();
  await page.evaluate(async () => {
    await fetch('/v1/account', { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json', 'if-match': '*' }, body: JSON.stringify({ settings: { theme: 'dark', density: 'compact' } }) });
  });
  const { html } = await sent(page, '/');
  assert.match(html, /<html lang="en" dir="ltr" data-theme="dark" data-density="compact">/);
  await page.evaluate(async () => {
    await fetch('/v1/account', { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json', 'if-match': '*' }, body: JSON.stringify({ settings: { theme: null, density: null } }) });
  });
  assert.match((await sent(page, '/')).html, /<html lang="en" dir="ltr">/);
  await end();
});

test('what is typed before the page is alive is not lost', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url, { serviceWorkers: 'block' });
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.route('**/assets/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await goDrawn(page, '/sign-in', { waitUntil: 'commit' });
  await page.getByLabel('E-mail').fill('somebody@rolo.example');
  release();
  await page.locator('#rolo-state').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'somebody@rolo.example');
  assert.deepEqual(faults, []);
  await end();
});
