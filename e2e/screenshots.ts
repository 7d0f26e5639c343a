// The pictures of the README, taken of the real program: `npm run screenshots`. The people are invented, the same ones each time.

import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { BrowserContextOptions, Page } from 'playwright-core';

import { signIn, startBrowser, visit } from './harness/browser.ts';
import { write, type Row } from './harness/csv.ts';
import { addAccount, startRolo } from './harness/rolo.ts';

const FOLDER = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const BYTES_MAX = 200_000;
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const rolo = await startRolo();
const browser = await startBrowser();
try {
  const noor = await addAccount(rolo);
  await rolo.command('seed', '248', '--email', noor.email);
  await starSome(noor);
  await mkdir(FOLDER, { recursive: true });
  await picture('list', { viewport: WIDE, colorScheme: 'light' }, list);
  await picture('list-dark', { viewport: WIDE, colorScheme: 'dark' }, list);
  await picture('list-phone', { viewport: PHONE, colorScheme: 'light', isMobile: true, hasTouch: true }, list);
  await picture('contact', { viewport: WIDE, colorScheme: 'light' }, contact);
  await picture('import-check', { viewport: WIDE, colorScheme: 'light' }, importCheck);

  async function picture(name: string, look: BrowserContextOptions, open: (page: Page) => Promise<void>) {
    const { page, faults, end } = await visit(browser, rolo.url, { ...look, reducedMotion: 'reduce' });
    await signIn(page, noor);
    await page.getByRole('row').nth(5).waitFor();
    await open(page);
    await page.mouse.move(0, 0);
    // The row under the pointer of a moment ago lets go of it with the next frames.
    await page.waitForFunction(() => document.querySelector('.person:hover') === null);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const path = `${FOLDER}${name}.png`;
    await page.screenshot({ path });
    await end();
    const { size } = await stat(path);
    if (size > BYTES_MAX) throw new Error(`${path} has ${size} octets; at most ${BYTES_MAX} are wanted.`);
    if (faults.length > 0) throw new Error(`${name}: ${faults.join('\n')}`);
  }
} finally {
  await browser.close();
  await rolo.stop();
}

/** Three people with a star, who have much to tell. */
async function starSome(who: { email: string; password: string }) {
  const { page, end } = await visit(browser, rolo.url);
  await signIn(page, who);
  const { items } = await inPage<{ items: Line[] }>(page, '/v1/contacts?limit=200');
  const chosen = items.filter((one) => one.kind === 'individual').toSorted((one, other) => told(other) - told(one)).slice(0, 3);
  await page.evaluate((ids) => Promise.all(ids.map((id) => fetch(`/v1/contacts/${id}/star`, { method: 'PUT' }))), chosen.map((one) => one.id));
  await end();
}

interface Line { id: string; kind: string; emails: string[]; phones: string[]; labels: string[]; company: string | null; title: string | null }

function told(one: Line): number {
  return one.emails.length + one.phones.length + one.labels.length + (one.company ? 2 : 0) + (one.title ? 2 : 0);
}

async function list(page: Page) {
  await page.getByRole('heading', { name: /^Contacts/ }).waitFor();
}

/** A person with much to tell. */
async function contact(page: Page) {
  const { items } = await inPage<{ items: Line[] }>(page, '/v1/contacts?starred=true&limit=50');
  const [most] = items.toSorted((one, other) => told(other) - told(one));
  await page.goto(`/contacts/${most!.id}`);
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await page.getByText('made this card').waitFor();
}

/** A file where every verdict occurs: people who are new, known with something more, known, doubtful, and nobody. */
async function importCheck(page: Page) {
  const { items } = await inPage<{ items: { name: string; emails: string[] }[] }>(page, '/v1/contacts?limit=60');
  const known = items.filter((one) => one.emails.length > 0);
  const rows: Row[] = known.slice(0, 30).map((one, at) => ({
    'Name': one.name, 'E-mail': one.emails[0]!, 'Phone': at % 4 === 0 ? `+353 91 555 0${100 + at}` : '', 'Company': '',
  }));
  const fresh = ['Amara Okonjo', 'Björn Åström', 'Chloé L’Hôpital', 'Dávid Kovács', 'Siân Llewellyn', 'Łukasz Wiśniewski', '美咲 高橋', 'Ọlá Adéyẹmí'];
  rows.unshift(...fresh.map((name, at) => ({ 'Name': name, 'E-mail': `guest${at}@fair.example`, 'Phone': `+44 20 7946 0${100 + at}`, 'Company': at % 2 ? 'Harbour Fair' : '' })));
  rows.splice(3, 0, { 'Name': known[40]!.name, 'E-mail': 'another.address@fair.example', 'Phone': '', 'Company': '' });
  rows.splice(6, 0, { 'Name': '', 'E-mail': '', 'Phone': '', 'Company': '' }, { 'Name': 'Ruth Calloway', 'E-mail': known[41]!.emails[0]!, 'Phone': '', 'Company': '' });
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles({ name: 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from(write(rows, ['Name', 'E-mail', 'Phone', 'Company'])) });
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: /^Import / }).waitFor();
  await page.getByRole('row').nth(5).waitFor();
}

/** Asked by the page, with its cookie. */
function inPage<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (path) => (await fetch(path)).json(), path) as Promise<T>;
}
