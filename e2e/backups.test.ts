// Backups as an admin meets them: a banner when they fail, and a backup restored from the first-run page.

import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { laterFolder } from './harness/arrangement.ts';
import { violations } from './harness/axe.ts';
import { NOOR, seed } from './harness/book.ts';
import { signIn, startBrowser, visit } from './harness/browser.ts';
import { freePort } from './harness/port.ts';
import { type Rolo, startRolo } from './harness/rolo.ts';
import { until } from './harness/until.ts';

const PATIENCE = { timeout: 60_000 };
const MEL = { email: 'mel@rolo.example', password: 'five quiet harbour mornings' } as const;
const binary = process.env['ROLO_BINARY']!;
let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** A Rolo whose backups cannot be taken, because a file stands where their folder should be. */
async function failing(t: TestContext): Promise<Rolo> {
  const data = await seed(binary, 3);
  await writeFile(join(data, 'taken'), 'a file');
  await appendFile(join(data, 'rolo.toml'), `[backup]\nto = ${JSON.stringify(join(data, 'taken'))}\nschedule = "* * * * *"\ntest = ""\n`);
  // As if it had been away since then: the next look of the clock finds one due.
  await mkdir(laterFolder(data), { recursive: true });
  await writeFile(join(laterFolder(data), 'backup-state.json'), '{"since":"2020-01-01T00:00:00Z"}');
  const rolo = await startRolo(data);
  t.after(() => rolo.stop());
  const file = await rolo.secretFile(MEL.password);
  await rolo.command('user', 'add', '--email', MEL.email, '--name', 'Mel', '--password-file', file);
  const { token } = await rolo.command('token', 'add', '--email', NOOR.email);
  const trouble = async () => {
    const answer = await fetch(`${rolo.url}/v1/backups`, { headers: { authorization: `Bearer ${String(token)}` } });
    return ((await answer.json()) as { trouble: { kind: string } | null }).trouble?.kind;
  };
  await until(async () => (await trouble()) === 'not_taken', 'the backup never fails');
  return rolo;
}

const banner = (page: Page) => page.getByRole('status').filter({ hasText: 'Backups need a look.' });

test('who looks after the machine is told that a backup failed and what to do, and puts it away for the day', async (t) => {
  const rolo = await failing(t);
  const { page, faults, end } = await visit(browser, rolo.url);
  await signIn(page, NOOR);
  await banner(page).waitFor(PATIENCE);
  await banner(page).filter({ hasText: /could not be taken.*rolo backup/s }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Not today' }).click();
  await banner(page).waitFor({ state: 'detached' });
  const asked = page.waitForResponse('**/v1/backups');
  await page.reload();
  assert.equal((await asked).status(), 200);
  await page.locator('.person[data-id]').first().waitFor();
  assert.equal(await banner(page).count(), 0);
  assert.deepEqual(faults, []);
  await end();

  const member = await visit(browser, rolo.url);
  const more: string[] = [];
  member.page.on('request', (request) => more.push(new URL(request.url()).pathname));
  await signIn(member.page, MEL);
  await member.page.goto('/settings');
  await member.page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await banner(member.page).count(), 0);
  assert.ok(!more.includes('/v1/backups'), 'a member’s page does not even ask');
  assert.deepEqual(member.faults, []);
  await member.end();
});

/** A backup in one file, and its passphrase. */
async function taken(t: TestContext): Promise<{ file: string; passphrase: string }> {
  const rolo = await startRolo(await seed(binary, 40));
  t.after(() => rolo.stop());
  const file = join(rolo.data, 'book.rolo');
  const { newPassphraseFile } = await rolo.command('backup', '--export', file);
  const passphrase = (await readFile(String(newPassphraseFile), 'utf8')).trim();
  return { file, passphrase };
}

test('a backup is restored from the first-run page: refusals are told where they belong, then one signs in as before', async (t) => {
  const backup = await taken(t);
  const rolo = await startRolo(undefined, await freePort());
  t.after(() => rolo.stop());
  const { page, faults, end } = await visit(browser, rolo.url);
  await page.goto('/');
  await page.getByRole('button', { name: 'Restore a backup instead' }).click();
  const heading = page.getByRole('heading', { name: 'Restore a backup' });
  await heading.waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('One-time code').fill(rolo.code!);
  await page.getByLabel('Choose the backup').setInputFiles(backup.file);
  await page.getByText('book.rolo is chosen.').waitFor();
  await page.getByLabel('Passphrase of the backup').fill('not this passphrase');
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText('This passphrase does not open the archive.').waitFor(PATIENCE);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('Passphrase of the backup').fill(backup.passphrase);
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText('The backup is restored.').waitFor(PATIENCE);
  assert.deepEqual(await violations(page), []);
  await signIn(page, NOOR);
  await page.locator('.person[data-id]').first().waitFor(PATIENCE);
  await page.getByRole('heading', { name: /^Contacts.*40/ }).waitFor();
  assert.deepEqual(faults, []);
  await end();
});
