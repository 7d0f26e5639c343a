// Without network: the app opens, the book is there and is searched, edits wait and are sent, both sides of a conflict are
// shown, another version of the app takes over whole, and nothing stays where nothing was to stay.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { call, type Contact, contact, made } from './harness/api.ts';
import { FULL } from './harness/book.ts';
import { signIn, visit } from './harness/browser.ts';
import { startFront } from './harness/front.ts';
import { addAccount } from './harness/rolo.ts';
import { fullStage } from './harness/stage.ts';

const on = fullStage();
const SOON = { timeout: 60_000 };

/** What lies in this browser for our address: the book's records by place, and the names of the caches. */
const kept = (page: Page) => page.evaluate(async () => {
  const places: Record<string, number> = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((open, fail) => {
      const asked = indexedDB.open(name!);
      asked.onsuccess = () => open(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    for (const place of database.objectStoreNames) {
      places[place] = await new Promise((go) => {
        const asked = database.transaction(place).objectStore(place).count();
        asked.onsuccess = () => go(asked.result);
      });
    }
    database.close();
  }
  return { places, caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length };
});
/** How many people the kept book has. */
const peopleKept = (page: Page) => page.evaluate(async () => {
  const database = await new Promise<IDBDatabase>((open) => {
    const asked = indexedDB.open('rolo');
    asked.onsuccess = () => open(asked.result);
  });
  const asked = database.transaction('state').objectStore('state').get('book');
  await new Promise((go) => (asked.onsuccess = go));
  database.close();
  return (asked.result as { count: number } | undefined)?.count;
});
/** Until these cards lie here whole, in a book that knows everybody. */
async function brought(page: Page, cards: readonly string[]) {
  for (const [at, id] of cards.entries()) {
    await page.goto(`/contacts/${id}`);
    await until(() => kept(page), ({ places }) => places['contact'] === at + 1, 'the card is kept');
  }
  const { total } = (await call<{ total: number }>(page, 'GET', '/v1/contacts?limit=1')).body;
  await until(() => peopleKept(page), (people) => people === total, `${total} people are kept`);
}
/** Until `wanted` is so; what it is at last, for the message. */
async function until<T>(look: () => Promise<T>, wanted: (now: T) => boolean, what: string): Promise<T> {
  const end = Date.now() + SOON.timeout;
  for (;;) {
    const now = await look();
    if (wanted(now)) return now;
    assert.ok(Date.now() < end, `${what}: ${JSON.stringify(now)}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}
/** Noor in a browser of her own, which keeps her book and the app by now. */
async function athome(url = on.rolo.url) {
  const visitor = await visit(on.browser, url);
  await signIn(visitor.page, on.noor);
  await visitor.page.locator('h1 .n').waitFor(SOON);
  await until(() => kept(visitor.page), ({ places, caches }) => (places['chunk'] ?? 0) > 0 && places['state']! >= 2 && caches.length === 1, 'the book and the app are kept');
  await visitor.page.evaluate(() => navigator.serviceWorker.ready);
  return visitor;
}
const away = (page: Page, is: boolean) => page.context().setOffline(is);
/** What the server has, asked by somebody who is not away. */
async function elsewhere() {
  const other = await visit(on.browser, on.rolo.url);
  await signIn(other.page, on.noor);
  return other;
}
const noteOf = ({ card }: Contact) => Object.values((card['notes'] ?? {}) as Record<string, { note: string }>).map(({ note }) => note).join();
async function note(page: Page, id: string, text: string) {
  await page.goto(`/contacts/${id}/edit`);
  await page.getByLabel('Notes').fill(text);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(new RegExp(`/contacts/${id}$`));
}

test('a book of 25,000 opens without network, is searched, and shows the cards that were opened', async () => {
  const { page, faults, end } = await athome();
  const seen = await made(page, { name: { full: 'Ingrid Seenbefore' }, notes: { n: { note: 'likes herring' } } });
  const line = await made(page, { name: { full: 'Olaf Neveropened' }, emails: { e: { address: 'olaf@post.example' } }, notes: { n: { note: 'hidden away' } } });
  await brought(page, [seen.id]);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/');
  const number = new Intl.NumberFormat('en').format((await call<{ total: number }>(page, 'GET', '/v1/contacts?limit=1')).body.total);
  await page.locator('h1 .n', { hasText: number }).waitFor(SOON);
  await until(async () => asked, (now) => now.includes('/v1/changes'), 'a book that is kept is brought up to date');
  assert.ok(!asked.includes('/v1/snapshot'), 'and no more than that');

  const cached = await page.evaluate(async () => (await (await caches.open((await caches.keys())[0]!)).keys()).map(({ url }) => new URL(url).pathname));
  assert.ok(cached.includes('/index.html') && !cached.some((path) => path.startsWith('/v1')), 'the app’s own files are kept so, and no answer of the server');
  await away(page, true);
  await page.goto('/');
  await page.locator('h1 .n', { hasText: number }).waitFor(SOON);
  assert.ok(Number(number.replace(',', '')) > FULL);
  await page.getByText(/You are offline\. You see the contacts as they were at \d\d:\d\d\./).waitFor(SOON);
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('neverop');
  await page.getByRole('option', { name: /Olaf Neveropened/ }).click();
  await page.getByRole('link', { name: 'olaf@post.example' }).waitFor();
  await page.getByText('only what the list knows is here').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0);
  assert.equal(await page.getByText('hidden away').count(), 0);
  await page.goto(`/contacts/${line.id}/edit`);
  await page.getByRole('heading', { name: 'This card can be edited once Rolo answers' }).waitFor();
  await page.goto(`/contacts/${seen.id}`);
  await page.getByText('likes herring').waitFor();
  await page.getByText('You see the card as you last opened it').waitFor();
  await away(page, false);
  await page.getByText('You see the card as you last opened it').waitFor({ state: 'hidden', ...SOON });
  assert.deepEqual(faults, []);
  await end();
});

test('edits made without network wait through a reload, are shown so, and are sent in their order', async () => {
  const { page, faults, end } = await athome();
  const one = await made(page, { name: { full: 'Aaa Waits' }, notes: { n: { note: 'old' } } });
  const two = await made(page, { name: { full: 'Aab Waits' } });
  await brought(page, [one.id, two.id]);
  await away(page, true);
  await note(page, one.id, 'first');
  await page.getByText('Kept on this device: Aaa Waits').waitFor();
  await note(page, one.id, 'second, on top of it');
  await page.goto(`/contacts/${two.id}`);
  await page.getByRole('button', { name: 'Star', exact: true }).click();
  await page.getByText('Kept on this device: Aab Waits').waitFor();
  await page.goto('/search?q=waits');
  await page.reload();
  await page.getByText('3 changes are waiting').waitFor(SOON);
  for (const name of ['Aaa', 'Aab']) await page.getByRole('row', { name: new RegExp(`${name} Waits`) }).getByRole('img', { name: 'Waiting to be sent' }).waitFor();
  await page.goto(`/contacts/${one.id}`);
  await page.getByText('second, on top of it').waitFor();

  const sent: string[] = [];
  page.on('request', (request) => request.method() !== 'GET' && sent.push(`${request.method()} ${new URL(request.url()).pathname} ${request.headers()['if-match'] ?? ''} ${request.headers()['idempotency-key'] ? 'keyed' : ''}`.trim()));
  await away(page, false);
  await page.getByText('3 changes that waited are sent').waitFor(SOON);
  assert.equal(sent.length, 3);
  assert.equal(sent[0], `PATCH /v1/contacts/${one.id} "${one.revision}" keyed`);
  assert.match(sent[1]!, new RegExp(`^PATCH /v1/contacts/${one.id} "[^"]+" keyed$`));
  assert.notEqual(sent[1], sent[0]);
  assert.equal(sent[2], `PUT /v1/contacts/${two.id}/star  keyed`);
  assert.equal(noteOf(await contact(page, one.id)), 'second, on top of it');
  await until(() => kept(page), ({ places }) => places['waiting'] === 0, 'nothing waits any more');
  await page.goto('/search?q=waits');
  await page.getByRole('row', { name: /Aaa Waits/ }).waitFor();
  await until(() => page.getByRole('img', { name: 'Waiting to be sent' }).count(), (many) => many === 0, 'none is marked');
  assert.deepEqual(faults, []);
  await end();
});

test('a contact made without network is in the list, can be edited, and gets its place once it is sent', async () => {
  const { page, faults, end } = await athome();
  await page.goto('/contacts/new');
  await away(page, true);
  await page.getByLabel('First name').fill('Newcomer');
  await page.getByLabel('Last name').fill('Offline');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Kept on this device: Newcomer Offline').waitFor(SOON);
  await page.getByRole('heading', { name: 'Newcomer Offline' }).waitFor();
  const here = new URL(page.url()).pathname;
  await note(page, here.split('/').at(-1)!, 'met on the ferry');
  await page.goto('/search?q=newcomer');
  await page.getByRole('row', { name: /Newcomer Offline/ }).waitFor();
  await page.getByText('2 changes are waiting').waitFor();
  await page.goto(here);
  await page.getByText('met on the ferry').waitFor();
  await away(page, false);
  await page.waitForURL((url) => /^\/contacts\/[0-9a-f-]{36}$/.test(url.pathname) && url.pathname !== here, SOON);
  await page.getByText('met on the ferry').first().waitFor(SOON);
  await until(() => contact(page, new URL(page.url()).pathname.split('/').at(-1)!), (now) => noteOf(now) === 'met on the ferry', 'the server has it');
  await until(async () => (await call<{ total: number }>(page, 'GET', '/v1/contacts?q=newcomer')).body.total, (total) => total === 1, 'it is there once');
  assert.deepEqual(faults, []);
  await end();
});

test('who was changed elsewhere meanwhile is shown with both sides, and what was typed is kept', async () => {
  const { page, faults, end } = await athome();
  const other = await elsewhere();
  const { id } = await made(page, { name: { full: 'Both Sides' }, notes: { n: { note: 'old' } } });
  const gone = await made(page, { name: { full: 'Gone Meanwhile' } });
  await brought(page, [id, gone.id]);
  await away(page, true);
  await note(page, id, 'mine, typed on the train');
  await note(page, gone.id, 'for nobody');
  const [member] = Object.keys((await contact(other.page, id)).card['notes'] as object);
  await call(other.page, 'PATCH', `/v1/contacts/${id}`, { card: { notes: { [member!]: { note: 'theirs' } } } }, { 'If-Match': '*' });
  await call(other.page, 'DELETE', `/v1/contacts/${gone.id}`, undefined, { 'If-Match': '*' });
  await call(other.page, 'DELETE', `/v1/bin/${gone.id}`, undefined, { 'If-Match': '*' });
  await away(page, false);
  await page.getByText('2 changes need a look.').first().waitFor(SOON);
  await page.getByRole('button', { name: 'Show them' }).last().click();
  const list = page.getByRole('dialog');
  await list.getByText('Changed elsewhere meanwhile').waitFor();
  await list.getByRole('listitem').filter({ hasText: 'Gone Meanwhile' }).getByText(/Not taken · ./).waitFor();
  await list.getByRole('listitem').filter({ hasText: 'Both Sides' }).getByRole('button', { name: 'Look at it' }).click();
  await page.getByText('Both changed the same.').waitFor(SOON);
  await page.getByRole('radio', { name: /mine, typed on the train/ }).check();
  await page.getByRole('button', { name: 'Save with these choices' }).click();
  await page.waitForURL(new RegExp(`/contacts/${id}$`));
  await until(() => contact(page, id), (now) => noteOf(now) === 'mine, typed on the train', 'the chosen side is saved');
  await until(() => kept(page), ({ places }) => places['waiting'] === 1, 'only the other one is left');
  await page.goto('/');
  await page.getByRole('button', { name: 'Show them' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Take back: Changed: Gone Meanwhile/ }).click();
  await page.getByText('Nothing waits').waitFor();
  assert.deepEqual([...faults, ...other.faults], []);
  await end();
  await other.end();
});

test('of several tabs one sends, each change once, and Undo takes back what waits', async () => {
  const { page, faults, end } = await athome();
  const { id } = await made(page, { name: { full: 'Tab Sender' }, notes: { n: { note: 'old' } } });
  await brought(page, [id]);
  const second = await page.context().newPage();
  await second.goto('/search?q=tab');
  await second.getByRole('row', { name: /Tab Sender/ }).waitFor(SOON);
  await away(page, true);
  await page.getByRole('button', { name: 'Star', exact: true }).click();
  await page.getByText('Kept on this device: Tab Sender').waitFor(SOON);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Taken back').waitFor();
  await page.getByRole('button', { name: 'Star', exact: true }).waitFor();
  await note(page, id, 'sent once');
  await second.getByRole('img', { name: 'Waiting to be sent' }).waitFor(SOON);
  const sent: string[] = [];
  page.context().on('request', (request) => request.method() === 'PATCH' && sent.push(request.url()));
  await away(page, false);
  await second.getByRole('img', { name: 'Waiting to be sent' }).waitFor({ state: 'hidden', ...SOON });
  assert.equal(sent.length, 1);
  assert.equal(noteOf(await contact(page, id)), 'sent once');
  assert.deepEqual(faults, []);
  await end();
});

test('a new version takes over whole when a page is opened anew, and no chunk of the old one is missed before', async (t) => {
  const front = await startFront(on.rolo.url, process.env['ROLO_PAGES']);
  t.after(front.stop);
  const { page, faults, end } = await athome(front.url);
  // Asked while the page is being opened anew, nothing can answer.
  const script = () => Promise.race([page.evaluate(() => document.querySelector<HTMLScriptElement>('script[src]')!.src).catch(() => ''), new Promise<string>((late) => setTimeout(late, 5000, ''))]);
  await page.reload();
  await page.locator('h1 .n').waitFor(SOON);
  assert.doesNotMatch(await script(), /NEXT/);
  front.release();
  // A page nobody has opened yet: its chunk is gone from the server, and is here.
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Help' }).click();
  await page.getByRole('heading', { name: 'Help' }).waitFor(SOON);
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one!.update()));
  await page.getByText('A new version of Rolo is here').waitFor(SOON);
  await until(() => kept(page), ({ caches }) => caches.length === 2, 'both versions are here');
  await page.goto('/');
  await until(script, (now) => /NEXT/.test(now), 'the new version is there');
  await page.locator('h1 .n').waitFor(SOON);
  await away(page, true);
  await page.goto('/help');
  await page.getByRole('heading', { name: 'Help' }).waitFor(SOON);
  await until(script, (now) => /NEXT/.test(now), 'it is still the new version');
  assert.equal(await page.getByText('A new version of Rolo is here').count(), 0, 'and nobody offers it again');
  assert.deepEqual(faults, []);
  await end();
});

test('without a worker a chunk that is gone brings the new page, not a white one', async (t) => {
  const front = await startFront(on.rolo.url, process.env['ROLO_PAGES']);
  t.after(front.stop);
  const { page, end } = await visit(on.browser, front.url, { serviceWorkers: 'block' });
  const last = page.waitForResponse(/\/assets\/app-/);
  await signIn(page, on.noor);
  await last;
  front.release();
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Help' }).click();
  await page.getByRole('heading', { name: 'Help' }).waitFor(SOON);
  await end();
});

test('signing out asks when something waits, and leaves nothing behind', async () => {
  const { page, faults, end } = await athome();
  const { id } = await made(page, { name: { full: 'Left Behind' } });
  await page.goto(`/contacts/${id}`);
  await page.getByRole('heading', { name: 'Left Behind' }).waitFor();
  await away(page, true);
  await page.getByRole('button', { name: 'Star', exact: true }).click();
  await page.getByText('Kept on this device').waitFor(SOON);
  // The network is back, but the server takes nothing yet: it still waits.
  await page.route('**/star', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '600' }, contentType: 'application/problem+json', body: '{"title":"Unavailable","status":503}' }));
  await away(page, false);
  const leave = async () => {
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
  };
  await leave();
  await page.getByRole('dialog', { name: '1 change is not sent yet' }).getByRole('button', { name: 'Keep waiting' }).last().click();
  assert.equal((await kept(page)).places['waiting'], 1);
  await leave();
  await page.getByRole('button', { name: 'Sign out and delete' }).click();
  await page.waitForURL('**/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await until(() => kept(page), (now) => JSON.stringify(now) === JSON.stringify({ places: {}, caches: [], workers: 0 }), 'nothing is left');
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => /draft/.test(key))), []);
  assert.deepEqual(faults, []);
  await end();
});

test('a session that ended takes the book with it, what waits stays for its owner and goes when another account comes', async () => {
  const { page, end } = await athome();
  const { id } = await made(page, { name: { full: 'Session Ends' } });
  await page.goto(`/contacts/${id}`);
  await page.getByRole('heading', { name: 'Session Ends' }).waitFor();
  await away(page, true);
  await page.getByRole('button', { name: 'Star', exact: true }).click();
  await page.getByText('Kept on this device').waitFor(SOON);
  await page.context().clearCookies();
  await away(page, false);
  await page.waitForURL(/\/sign-in/, SOON);
  await until(() => kept(page), ({ places }) => places['chunk'] === 0 && places['contact'] === 0 && places['waiting'] === 1, 'only what waits is left');
  const bo = await addAccount(on.rolo, 'bo@rolo.example');
  await signIn(page, bo);
  await page.getByText('Your book is empty').waitFor(SOON);
  await until(() => kept(page), ({ places }) => (places['waiting'] ?? 0) === 0, 'nothing of another account is left');
  assert.equal((await contact((await elsewhere()).page, id)).id, id);
  await end();
});

test('“Do not store anything on this device” writes nothing, and the setting takes away what was written', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(on.noor.email);
  await page.getByLabel('Password', { exact: true }).fill(on.noor.password);
  await page.getByLabel('Do not store anything on this device').check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('h1 .n').waitFor(SOON);
  const { id } = await made(page, { name: { full: 'Not Stored' } });
  await page.goto(`/contacts/${id}/edit`);
  await page.getByLabel('Notes').fill('typed, not saved');
  await page.goto('/');
  await page.locator('h1 .n').waitFor(SOON);
  await page.waitForLoadState('networkidle');
  const nothing = { places: {}, caches: [], workers: 0 };
  assert.deepEqual(await kept(page), nothing);
  assert.deepEqual(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)).includes('typed, not saved')), false);
  // The control: where it may, it does, and this look would have found it.
  await page.goto('/settings');
  const choice = page.getByRole('radiogroup', { name: 'Keep the book on this device' });
  await choice.getByText('On', { exact: true }).click();
  await until(() => kept(page), ({ places, caches, workers }) => (places['chunk'] ?? 0) > 0 && caches.length === 1 && workers === 1, 'it is kept now');
  await choice.getByText('Off', { exact: true }).click();
  await until(() => kept(page), (now) => JSON.stringify(now) === JSON.stringify(nothing), 'nothing is left');
  assert.deepEqual(faults, []);
  await end();
});

test('it can be installed, and the worker’s file is what a browser asks of one', async () => {
  const { page, end } = await visit(on.browser, on.rolo.url);
  await page.goto('/sign-in');
  const headers = await page.evaluate(async () => {
    const of = async (path: string) => {
      const answer = await fetch(path);
      return [answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')];
    };
    const manifest = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')!.href;
    return { worker: await of('/sw.js'), manifest: await of(manifest) };
  });
  assert.deepEqual(headers, { worker: [200, 'text/javascript; charset=utf-8', 'no-cache'], manifest: [200, 'application/manifest+json', 'no-cache'] });
  const cdp = await page.context().newCDPSession(page);
  const { errors } = (await cdp.send('Page.getAppManifest')) as { errors: unknown[] };
  const { installabilityErrors } = (await cdp.send('Page.getInstallabilityErrors')) as { installabilityErrors: { errorId: string }[] };
  // A private window cannot install anything, whatever the app.
  assert.deepEqual([errors, installabilityErrors.map(({ errorId }) => errorId).filter((one) => one !== 'in-incognito')], [[], []]);
  await end();
});
