// The door: who is let in, who is not, and that a session that ended stays ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { signIn, visit } from './harness/browser.ts';
import { fullStage } from './harness/stage.ts';

const on = fullStage();

test('whoever is not signed in is led to the door, and from there to where they wanted to go', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await page.goto('/import');
  await page.waitForURL(/\/sign-in\?next=/);
  await page.getByLabel('E-mail').fill(on.noor.email);
  await page.getByLabel('Password', { exact: true }).fill(on.noor.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/import');
  await page.getByRole('heading', { name: 'Import', exact: true }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});

test('a wrong password and an unknown address are refused with the same sentence, the right password is let in', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await page.goto('/sign-in');
  const refused = page.getByRole('alert');
  const told: string[] = [];
  for (const [email, password] of [[on.noor.email, 'six loud harbour evenings'], ['nobody@rolo.example', on.noor.password]] as const) {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/v1/sessions'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.equal((await answered).status(), 401);
    await refused.waitFor();
    told.push(await refused.innerText());
  }
  assert.notEqual(told[0], '');
  assert.equal(told[1], told[0]);
  assert.deepEqual(await page.context().cookies(), []);
  await signIn(page, on.noor);
  const [cookie, ...more] = await page.context().cookies();
  assert.deepEqual(more, []);
  // Behind a web server that speaks TLS Rolo knows that it is spoken there.
  const safe = on.rolo.url.startsWith('https:');
  assert.deepEqual([cookie!.httpOnly, cookie!.sameSite, cookie!.secure, cookie!.name.startsWith('__Host-')], [true, 'Lax', safe, safe]);
  assert.deepEqual(faults, []);
  await end();
});

test('the form alone is led back with the same sentence when it is refused, and in when it is not', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  const form = (password: string) => fetch(`${on.rolo.url}/v1/sessions`, {
    method: 'POST', redirect: 'manual', headers: { 'origin': on.rolo.url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email: on.noor.email, password }),
  });
  const refused = await form('six loud harbour evenings');
  assert.deepEqual([refused.status, refused.headers.get('location'), refused.headers.get('set-cookie')], [303, '/sign-in?refused=true', null]);
  await page.goto(refused.headers.get('location')!);
  await page.getByRole('alert').filter({ hasText: 'E-mail and password do not belong together.' }).waitFor();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  const taken = await form(on.noor.password);
  assert.deepEqual([taken.status, taken.headers.get('location')], [303, '/']);
  assert.deepEqual(faults, []);
  await end();
});

test('signing out ends the session on the server too, and Back shows nothing of the book', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const [cookie] = await page.context().cookies();
  const asked = () => fetch(`${on.rolo.url}/v1/account`, { headers: { cookie: `${cookie!.name}=${cookie!.value}` } });
  assert.equal((await asked()).status, 200);
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal((await asked()).status, 401);
  await page.goBack();
  await page.waitForURL(/\/sign-in/);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: /^Contacts/ }).count(), 0);
  assert.deepEqual(faults, []);
  await end();
});

test('a session that was ended elsewhere leads to the door by itself', async () => {
  const here = await visit(on.browser, on.rolo.url);
  const there = await visit(on.browser, on.rolo.url);
  await signIn(here.page, on.noor);
  await signIn(there.page, on.noor);
  // The page's own request, so that cookie and origin are what a browser sends.
  const ended = await there.page.evaluate(async () => {
    const { items } = (await (await fetch('/v1/sessions')).json()) as { items: { id: string; current: boolean }[] };
    const others = items.filter((session) => !session.current);
    const answers = await Promise.all(others.map((session) => fetch(`/v1/sessions/${session.id}`, { method: 'DELETE' })));
    return answers.map((answer) => answer.status);
  });
  assert.ok(ended.length > 0 && ended.every((status) => status === 204), `${ended}`);
  await here.page.waitForURL(/\/sign-in/);
  await there.page.reload();
  await there.page.getByRole('heading', { name: /^Contacts/ }).waitFor();
  assert.deepEqual([...here.faults, ...there.faults], []);
  await here.end();
  await there.end();
});

test('a new password ends every session', async () => {
  const { page, end } = await visit(on.browser, on.rolo.url);
  await signIn(page, on.noor);
  const changed = await addPassword('seven quiet harbour mornings');
  await page.reload();
  await page.waitForURL(/\/sign-in/);
  await signIn(page, changed);
  await end();
});

async function addPassword(password: string): Promise<{ email: string; password: string }> {
  await on.rolo.command('user', 'password', '--email', on.noor.email, '--password-file', await on.rolo.secretFile(password));
  return { email: on.noor.email, password };
}
