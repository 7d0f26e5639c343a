// The pages that are photographed, by the name of their picture, and how each is reached.

import type { Page } from 'playwright-core';

import { type Row, write } from '../harness/csv.ts';

/** Brings the page to where the picture is taken. */
export type Place = (page: Page) => Promise<unknown>;

interface Line { id: string; kind: string; name: string; emails: string[]; phones: string[]; labels: string[]; company: string | null; title: string | null }

/** A Rolo that nobody has an account in. */
export const doorPages: Record<string, Place> = {
  'set-up': async (page) => {
    await page.goto('/setup');
    await page.getByRole('button', { name: 'Create the account' }).waitFor();
  },
};

/** A book with nobody in it. */
export const emptyPages: Record<string, Place> = {
  'list-empty': async (page) => {
    await page.goto('/');
    await page.getByRole('main').getByRole('link', { name: 'Create contact' }).first().waitFor();
  },
};

/** A book with people. */
export const bookPages: Record<string, Place> = {
  list,
  'list-selected': async (page) => {
    await list(page);
    await page.getByRole('grid').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'x', 'ArrowDown', 'x', 'ArrowDown', 'x']) await page.keyboard.press(key);
    await page.getByRole('toolbar').waitFor();
  },
  'search-box': async (page) => {
    await list(page);
    await page.getByRole('combobox', { name: 'Search' }).fill('an');
    await page.locator('#find-all').waitFor();
  },
  'search': async (page) => {
    await page.goto('/search?q=an');
    await rows(page).nth(3).waitFor();
  },
  'nobody-found': async (page) => {
    await page.goto('/search?q=zzzq');
    await page.getByText('Nobody found').waitFor();
  },
  contact,
  'edit': async (page) => {
    await page.goto(`/contacts/${(await most(page)).id}/edit`);
    await page.getByRole('button', { name: 'Save' }).first().waitFor();
  },
  'create': async (page) => {
    await page.goto('/contacts/new');
    await page.getByRole('button', { name: 'Save' }).first().waitFor();
  },
  'create-many': async (page) => {
    await page.goto('/contacts/many');
    await page.locator('textarea').fill('Siân Llewellyn <sian@fair.example>\nOmar Haddad, omar@fair.example\n美咲 高橋');
    await page.getByText('omar@fair.example').last().waitFor();
  },
  'import-1-file': async (page) => {
    await page.goto('/import');
    await page.getByLabel('Choose files').waitFor({ state: 'attached' });
    await page.locator('h1').waitFor();
  },
  'import-2-columns': columns,
  'import-3-check': importCheck,
  'merge': async (page) => {
    const { items } = await inPage<{ items: Line[] }>(page, '/v1/contacts?limit=200');
    const two = items.filter((one) => one.kind === 'individual').toSorted((one, other) => told(other) - told(one)).slice(3, 5);
    await page.goto(`/merge?of=${two.map((one) => one.id).join(',')}`);
    await page.getByRole('button', { name: /^Merge/ }).first().waitFor();
  },
  'label': async (page) => {
    const { items } = await inPage<{ items: { id: string }[] }>(page, '/v1/labels');
    await page.goto(`/labels/${items[0]!.id}`);
    await rows(page).first().waitFor();
  },
  'companies': async (page) => {
    await page.goto('/companies');
    await rows(page).first().waitFor();
  },
  'bin': async (page) => {
    await page.goto('/bin');
    await page.locator('h1').waitFor();
  },
  'history': async (page) => {
    await page.goto('/history');
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
  },
  'settings': async (page) => {
    await page.goto('/settings');
    await page.getByRole('radio', { name: 'Dark' }).waitFor();
  },
  'organisation': async (page) => {
    const { organisation } = await inPage<{ organisation: { id: string } }>(page, '/v1/account');
    await page.goto(`/organisations/${organisation.id}/details`);
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
  },
  'help': async (page) => {
    await page.goto('/help');
    await page.locator('h1').waitFor();
  },
  'shortcuts': async (page) => {
    await list(page);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
  },
  'nowhere': async (page) => {
    await page.goto('/no/such/page');
    await page.locator('h1').waitFor();
  },
};

/** What is made for paper, and the door that one leaves by. */
export const paperPages: Record<string, Place> = {
  'print-list': async (page) => {
    await page.goto('/print');
    await page.locator('h1').waitFor();
  },
  'print-card': async (page) => {
    await page.goto('/');
    await page.goto(`/contacts/${(await most(page)).id}/print`);
    await page.locator('h1').waitFor();
  },
  'sign-in': async (page) => {
    await page.context().clearCookies();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  },
};

const rows = (page: Page) => page.locator('.person[data-id]');

function told(one: Line): number {
  return one.emails.length + one.phones.length + one.labels.length + (one.company ? 2 : 0) + (one.title ? 2 : 0);
}

/** Three people with a star, who have much to tell. */
export async function starSome(page: Page) {
  const { items } = await inPage<{ items: Line[] }>(page, '/v1/contacts?limit=200');
  const chosen = items.filter((one) => one.kind === 'individual').toSorted((one, other) => told(other) - told(one)).slice(0, 3);
  await page.evaluate((ids) => Promise.all(ids.map((id) => fetch(`/v1/contacts/${id}/star`, { method: 'PUT' }))), chosen.map((one) => one.id));
}

/** A person with much to tell. */
async function most(page: Page): Promise<Line> {
  const { items } = await inPage<{ items: Line[] }>(page, '/v1/contacts?starred=true&limit=50');
  return items.toSorted((one, other) => told(other) - told(one))[0]!;
}

async function list(page: Page) {
  await page.goto('/');
  await page.locator('h1 .n').waitFor();
  await rows(page).nth(5).waitFor();
  await page.locator('.rail span').first().waitFor();
}

async function contact(page: Page) {
  await page.goto(`/contacts/${(await most(page)).id}`);
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await page.getByText('made this card').waitFor();
}

/** A file where every verdict occurs: people who are new, known with something more, known, doubtful, and nobody. */
async function columns(page: Page) {
  const { items } = await inPage<{ items: Line[] }>(page, '/v1/contacts?limit=60');
  const known = items.filter((one) => one.emails.length > 0);
  const lines: Row[] = known.slice(0, 30).map((one, at) => ({
    'Name': one.name, 'E-mail': one.emails[0]!, 'Phone': at % 4 === 0 ? `+353 91 555 0${100 + at}` : '', 'Company': '',
  }));
  const fresh = ['Amara Okonjo', 'Björn Åström', 'Chloé L’Hôpital', 'Dávid Kovács', 'Siân Llewellyn', 'Łukasz Wiśniewski', '美咲 高橋', 'Ọlá Adéyẹmí'];
  lines.unshift(...fresh.map((name, at) => ({ 'Name': name, 'E-mail': `guest${at}@fair.example`, 'Phone': `+44 20 7946 0${100 + at}`, 'Company': at % 2 ? 'Harbour Fair' : '' })));
  lines.splice(3, 0, { 'Name': known[40]!.name, 'E-mail': 'another.address@fair.example', 'Phone': '', 'Company': '' });
  lines.splice(6, 0, { 'Name': '', 'E-mail': '', 'Phone': '', 'Company': '' }, { 'Name': 'Ruth Calloway', 'E-mail': known[41]!.emails[0]!, 'Phone': '', 'Company': '' });
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles({ name: 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from(write(lines, ['Name', 'E-mail', 'Phone', 'Company'])) });
  await page.getByRole('button', { name: 'Check' }).waitFor();
}

async function importCheck(page: Page) {
  await columns(page);
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: /^Import / }).waitFor();
  await page.getByRole('row').nth(5).waitFor();
}

/** Asked by the page, with its cookie. */
function inPage<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (path) => (await fetch(path)).json(), path) as Promise<T>;
}
