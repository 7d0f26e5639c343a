// Settings, the organisation, companies, the keyboard, many at once, export and print; every page in every width, both
// directions, reduced motion and forced colours.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { call, made } from './harness/api.ts';
import { signIn, textOf, visit } from './harness/browser.ts';
import { chord } from './harness/keys.ts';
import { stage } from './harness/stage.ts';
import { same } from './harness/until.ts';

const on = stage();

test('a setting takes effect at once, stays, and is taken back from the toast', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const account = async () => (await call<{ name: string; settings: Record<string, unknown> }>(page, 'GET', '/v1/account')).body;
  await page.goto('/settings');
  await page.getByRole('radio', { name: 'Dark' }).check();
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await page.getByText('Compact').click();
  await page.waitForFunction(() => document.documentElement.dataset.density === 'compact');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.waitForFunction(() => document.documentElement.dataset.density === undefined);
  for (const [name, value] of [['Region', 'IE'], ['Time zone', 'Europe/Vienna'], ['Sort by', 'family']] as const) {
    const answered = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.url().endsWith('/v1/account'));
    await page.getByRole('combobox', { name }).selectOption(value);
    assert.equal((await answered).status(), 200);
  }
  await page.getByLabel('Your name').fill('Noor H.');
  await page.getByRole('button', { name: 'Save the name' }).click();
  await page.getByText('Saved').waitFor();
  const change = async (old: string, fresh: string) => {
    await page.getByLabel('The present password').fill(old);
    await page.getByLabel('The new password').fill(fresh);
    await page.getByRole('button', { name: 'Change the password' }).click();
  };
  await change('not the password', 'six quiet harbour evenings');
  await page.locator('input[aria-invalid="true"]').waitFor();
  await change(on.noor.password, 'six quiet harbour evenings');
  await page.getByText('The password is changed').waitFor();
  on.noor.password = 'six quiet harbour evenings';
  await same(async () => {
    const { name, settings } = await account();
    return [name, settings.theme, settings.region, settings.zone, settings.sort];
  }, ['Noor H.', 'dark', 'IE', 'Europe/Vienna', 'family'], 'what the account keeps');
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  assert.deepEqual(faults, []);
  await end();
});

test('a session is ended elsewhere, an app password is shown once and taken back', async () => {
  const here = await visit(on.browser, on.rolo.url);
  const there = await visit(on.browser, on.rolo.url);
  await signIn(here.page, on.noor);
  await signIn(there.page, on.noor);
  const { page } = here;
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Sign out the others' }).click();
  await page.getByText('Signed out there').waitFor();
  // Its page may be on its way to the door.
  assert.equal((await there.page.context().request.get(`${on.rolo.url}/v1/account`)).status(), 401);
  await page.getByLabel('What it is for').fill('Noor’s phone');
  await page.getByRole('button', { name: 'Make one' }).click();
  const secret = await page.locator('.secret code').innerText();
  assert.ok(secret.length >= 20);
  await page.getByRole('button', { name: 'Take back Noor’s phone' }).click();
  await page.getByText('None yet.').waitFor();
  await page.locator('.secret').waitFor({ state: 'detached' });
  assert.deepEqual(here.faults, []);
  await here.end();
  await there.end();
});

test('the organisation is edited by its owner, and the edit taken back', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Organisation' }).click();
  await page.waitForURL(/\/organisations\/[^/]+\/details$/);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Description').fill('Architecture in timber');
  await page.getByLabel('Website').fill('oke.example');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Architecture in timber').waitFor();
  await same(() => page.getByRole('link', { name: 'https://oke.example' }).getAttribute('href'), 'https://oke.example', 'where the link leads');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Nothing is said here yet.').waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('companies show who works there, many are created at once and taken back, the keyboard has its overview', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  await made(page, { name: { full: 'Halden Oke' }, organizations: { n1: { name: 'Halden Oke' } } }, { kind: 'org' });
  await made(page, { name: { full: 'Amara Okonjo' }, organizations: { n1: { name: 'Halden Oke' } }, emails: { n1: { address: 'amara@oke.example' } } });
  await page.goto('/companies');
  await page.getByRole('row', { name: /Halden Oke.*Amara Okonjo/ }).waitFor();
  await page.getByRole('columnheader', { name: 'People here' }).waitFor();
  await page.goto('/contacts/many');
  await page.getByLabel('People').fill('Ada Byron <ada@post.example>, Grace Hopper <grace@navy.example>\nAmara O, amara@oke.example\nPlato');
  await page.locator('tbody').getByText('Already in your book', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Create 3 contacts' }).click();
  await page.getByText('3 contacts are in your book').waitFor();
  await page.getByRole('row', { name: /Grace Hopper/ }).waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back').waitFor();
  await page.getByRole('row', { name: /Grace Hopper/ }).waitFor({ state: 'detached' });
  await page.locator('h1').focus();
  await page.keyboard.press('?');
  const overview = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await overview.getByText('Create a contact').waitFor();
  await overview.getByText('Off', { exact: true }).click();
  await page.keyboard.press('Escape');
  await overview.waitFor({ state: 'detached' });
  // A key that the app takes is kept from the browser.
  const taken = async (key: string) => {
    await page.evaluate(() => addEventListener('keydown', (event) => (document.body.dataset['taken'] = String(event.defaultPrevented)), { once: true }));
    await page.keyboard.press(key);
    return page.evaluate(() => document.body.dataset['taken']);
  };
  assert.equal(await taken('c'), 'false', 'single letters are off');
  await page.evaluate(() => localStorage.removeItem('rolo.single-letters'));
  assert.equal(await taken('?'), 'true', 'and on again (the control)');
  await page.keyboard.press('Escape');
  await overview.waitFor({ state: 'detached' });
  assert.ok(!page.url().endsWith('/contacts/new'));
  await chord(page, 'g', 's');
  await page.waitForURL('**/settings');
  assert.deepEqual(faults, []);
  await end();
});

test('one card leaves as a vCard, the list and a card are ready for paper', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const { id } = await made(page, { name: { full: 'Paper Pat' }, emails: { n1: { address: 'pat@paper.example' } }, notes: { n1: { note: 'On paper too' } } });
  await page.goto(`/contacts/${id}`);
  await page.getByRole('button', { name: 'Export this contact' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
  assert.match(await textOf(download), /BEGIN:VCARD[\s\S]*FN:Paper Pat/);
  await page.goto(`/contacts/${id}/print`);
  await page.getByRole('heading', { name: 'Paper Pat' }).waitFor();
  await page.getByText('On paper too').waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.getByRole('button', { name: 'Print' }).waitFor({ state: 'hidden' });
  assert.ok((await page.pdf({ format: 'A4' })).length > 1000);
  await page.emulateMedia({ media: 'screen' });
  await page.goto('/print');
  await page.getByText('pat@paper.example').waitFor();
  assert.deepEqual(faults, []);
  await end();
});

const WIDTHS = [390, 640, 1023, 1024, 1280, 1920];

test('every page fits from 390 to 1920 pixels, read from the left and from the right, without motion and in forced colours', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url, { reducedMotion: 'reduce', forcedColors: 'active' });
  await signIn(page, on.noor);
  const name = 'فاطمة الزهراء بنعلي';
  const { id } = await made(page, { name: { full: name }, emails: { n1: { address: `${'long'.repeat(40)}@post.example` } }, phones: { n1: { number: '+212 661-555014' } }, notes: { n1: { note: 'x'.repeat(500) } } });
  const other = await made(page, { name: { full: 'Hidden Hal' } }, { hidden: true });
  const gone = await made(page, { name: { full: `Gone ${'Gus'.repeat(30)}` }, emails: { n1: { address: `${'long'.repeat(40)}@post.example` } } });
  await call(page, 'DELETE', `/v1/contacts/${gone.id}`, undefined, { 'if-match': '*' });
  const { organisation } = (await call<{ organisation: { id: string } }>(page, 'GET', '/v1/account')).body;
  const book = (await call<{ items: { id: string }[] }>(page, 'GET', '/v1/books')).body.items[0]!.id;
  const label = (await call<{ id: string }>(page, 'POST', '/v1/labels', { name: 'Crew', book })).body.id;
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles({ name: 'wide.csv', mimeType: 'text/csv', buffer: Buffer.from(`First Name,E-mail 1 - Value,Locker\nTove,${'long'.repeat(30)}@post.example,C1\n`) });
  await page.getByText('Column in the file').waitFor();
  const wizard = new URL(page.url()).pathname;
  const places = [
    '/', `/labels/${label}`, '/search?q=%D9%81%D8%A7%D8%B7%D9%85%D8%A9', '/hidden', '/companies', `/contacts/${id}`, `/contacts/${id}/edit`, '/contacts/new', '/contacts/many', `/merge?of=${id},${other.id}`, '/bin', '/history', '/import', `${wizard}?step=columns`,
    '/settings', `/organisations/${organisation.id}/details`, '/help', `/contacts/${id}/print`, '/print', '/nowhere',
  ];
  for (const place of places) {
    await page.goto(place);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    assert.deepEqual(await page.evaluate(() => ['(forced-colors: active)', '(prefers-reduced-motion: reduce)'].map((query) => matchMedia(query).matches)), [true, true]);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['en', 'ltr'], place);
    for (const direction of ['ltr', 'rtl']) {
      await page.evaluate((to) => (document.documentElement.dir = to), direction);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        // A page may take a moment to settle in its new width; it must then fit.
        const fits = page.waitForFunction(() => {
          const panel = document.querySelector('.scroll');
          return document.documentElement.scrollWidth <= window.innerWidth && (panel === null || panel.scrollWidth <= panel.clientWidth);
        }, undefined, { timeout: 30_000 });
        await fits.catch(() => assert.fail(`${place} is too wide at ${width}, ${direction}`));
      }
      // Read from the right, the drawer stands at the right, and arrows point the other way.
      const look = () => page.evaluate(() => {
        const [drawer, panel] = [document.querySelector('nav[aria-label="Main"]'), document.querySelector('main')];
        const arrows = [...document.querySelectorAll('.icon.flip')].filter((one) => one.getClientRects().length > 0).map((one) => getComputedStyle(one).transform);
        return { right: drawer && panel ? drawer.getBoundingClientRect().left > panel.getBoundingClientRect().left : null, arrows: [...new Set(arrows)] };
      });
      const sides = await look();
      if (sides.right !== null) assert.equal(sides.right, direction === 'rtl', `the drawer of ${place}, ${direction}`);
      // An arrow turns within the next frame, also where nothing may move.
      if (sides.arrows.length > 0) await same(async () => (await look()).arrows, [direction === 'rtl' ? 'matrix(-1, 0, 0, 1, 0, 0)' : 'none'], `the arrows of ${place}, ${direction},`);
    }
    const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running' && Number(one.effect?.getComputedTiming().duration) > 1).length);
    assert.equal(moving, 0, `${place} moves although motion is unwanted`);
  }
  assert.deepEqual(faults, []);
  await end();
});

test('the control: with motion wanted the same look at a page finds some, and colours are not forced', async () => {
  const { page, end } = await visit(on.browser, on.rolo.url, { reducedMotion: 'no-preference', forcedColors: 'none' });
  await signIn(page, on.noor);
  assert.deepEqual(await page.evaluate(() => ['(forced-colors: active)', '(prefers-reduced-motion: reduce)'].map((query) => matchMedia(query).matches)), [false, false]);
  const moves = await page.evaluate(() => {
    const bone = document.querySelector('main')!.appendChild(document.createElement('i'));
    bone.className = 'bone';
    return document.getAnimations().some((one) => one.playState === 'running' && Number(one.effect?.getComputedTiming().duration) > 1);
  });
  assert.equal(moves, true);
  await end();
});
