// Every page in a language nobody speaks: whatever is read without its brackets was written into the page.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import App from './App.vue';
import { SERVICES } from './contact/card';
import { countriesIn } from './contact/countries';
import { person } from './contact/people.fixture';
import { en } from './locales/en';
import { pseudo, unsaid } from './locales/pseudo';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';
import { zones } from './settings/zone';

// What people wrote has no Latin letters here, so that whatever has some is a word of ours.
const NAME = 'Ελένη';
const card = {
  '@type': 'Card', version: '1.0', name: { full: NAME, components: [{ kind: 'given', value: NAME }] }, emails: { a: { address: 'ε@ε.ε', contexts: { work: true }, pref: 1 } }, phones: { p: { number: '+30 1', features: { mobile: true } } },
  addresses: { h: { components: [{ kind: 'name', value: 'Οδός 1' }], countryCode: 'GR', contexts: { private: true } } }, anniversaries: { b: { kind: 'birth', date: { year: 1980, month: 4, day: 3 } }, w: { kind: 'wedding', date: { month: 5, day: 6 } } },
  relatedTo: { 'Ιάσων': { relation: { spouse: true } } }, organizations: { o: { name: 'Εταιρεία', units: [{ name: 'Τμήμα' }] } }, titles: { t: { name: 'Ράφτης' } }, notes: { n: { note: 'Σημείωση' } }, personalInfo: { i: { kind: 'hobby', value: 'Πλους' } },
  'rolo:customFields': { c: { label: 'Θυρίδα', value: '7' } }, onlineServices: { s: { user: 'ε' } }, links: { l: { uri: 'ε.ε' } }, nicknames: { k: { name: 'Λένη' } },
};
const at = '2026-11-20T10:00:00Z';
const account = { id: 'a', name: NAME, email: 'ε@ε.ε', role: 'owner', organisation: { id: 'o', name: 'Οίκος' }, settings: {} };
const batchOf = (act: string, contacts: number) => ({ id: act, act, at, by: { id: 'a', name: NAME }, door: 'web', device: null, contacts, summary: null, undone_by: null, undoes: null });
const importIn = (state: string) => ({
  id: state, book: 'b', state, name: 'α', format: 'csv', rows: 5, done: 2, batch: 'b1', encoding: 'UTF-8', delimiter: ';', left_out: ['β'], why: null, created_at: at, counts: { new: 1, update: 1, same: 1, check: 1, refused: 1 },
  columns: [{ index: 0, header: 'Α', samples: ['α'], field: 'email', label: 'Home', guessed_by: 'header' }, { index: 1, header: '', samples: ['β'], field: null, label: null, guessed_by: null }], fields: [{ field: 'email', title: 'Ε' }, { field: 'custom', title: 'Κ' }],
});
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/v1/account': account, '/v1/contacts/c': { id: 'c', book: 'b', kind: 'individual', uid: 'c', revision: 'r', modseq: 2, labels: ['l'], starred: false, hidden: false, created_at: at, updated_at: at, deleted_at: null, card },
  '/v1/contacts/c/versions': { items: [
    { modseq: 2, at, by: { id: 'a', name: NAME }, door: 'web', device: 'ε', batch: 'x', act: 'edit', changes: [{ path: 'emails/a', before: null, after: { address: 'ε' } }, { path: 'keywords/Φίλοι', before: true, after: null }] },
    { modseq: 1, at, by: null, door: 'dav', device: 'ε', batch: 'y', act: 'create', changes: [] },
  ], next: 'n' },
  '/v1/organisations/o': { id: 'o', name: 'Οίκος', details: { about: 'Περί', website: 'ε.ε' }, created_at: at, revision: 'r' }, '/v1/organisations/o/members': { items: [{ account: 'a', name: NAME, email: 'ε@ε.ε', role: 'owner', since: at }, { account: 'z', name: 'Ζωή', email: 'ζ@ε.ε', role: 'member', since: at }], next: 'n', total: 9 },
  '/v1/contacts/k': { id: 'k', book: 'b', kind: 'org', uid: 'k', revision: 'r', modseq: 2, labels: [], starred: false, hidden: false, created_at: at, updated_at: at, deleted_at: null, card: { '@type': 'Card', version: '1.0', organizations: { o: { name: 'Εταιρεία' } } } },
  '/v1/batches': { items: [batchOf('edit', 2), batchOf('label', 0), { ...batchOf('import', 40), door: 'job', by: null }, { ...batchOf('delete', 1), undone_by: 'x' }], next: 'n' },
  '/v1/batches/edit': { ...batchOf('edit', 2), labels: [{ label: 'l', book: 'b', before: null, after: { name: 'Φίλοι', hue: null } }] },
  '/v1/batches/edit/items': { items: [{ contact: 'c', book: 'b', act: 'edit', name: NAME, changes: [{ path: 'emails/a', before: null, after: { address: 'ε' } }] }, { contact: 'x', book: 'b', act: 'restore', name: 'Ξ', changes: [], forgotten: true }], next: 'n' },
  '/v1/bin': { items: [person({ id: 'g', name: 'Γ', deleted_at: at })], next: null, total: 1 },
  ...Object.fromEntries(['mapping', 'checked', 'running', 'failed', 'done', 'undone'].map((state) => [`/v1/imports/${state}`, importIn(state)])),
  '/v1/imports/checked/rows': { items: ['new', 'update', 'same', 'check', 'refused'].map((verdict, n) => ({ row: n + 1, verdict, name: NAME, why: '', contact: 'c', decision: verdict === 'check' ? 'update' : null, changes: verdict === 'update' ? [{ path: 'emails/a', before: null, after: 'ε' }] : [] })), next: 'n', total: 5 },
  '/v1/setup': { needed: true, services: [] },
  '/v1/sessions': { items: [{ id: 's', device: 'ε', address: '1', created_at: at, seen_at: at, current: true }, { id: 't', device: 'ε', address: '2', created_at: at, seen_at: at, current: false }] },
  '/v1/tokens': { items: [{ id: 't', name: 'Τηλέφωνο', kind: 'dav', created_at: at, expires_at: at }] }, '/v1/imports': { items: [], next: null },
};
const OURS = new Set([...SERVICES, ...countriesIn('en').map((one) => one.name), ...zones(), 'Rolo', 'localhost']);

let page: VueWrapper;
beforeEach(() => {
  // happy-dom knows neither.
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) { this.setAttribute('open', ''); };
  (globalThis as { ResizeObserver?: unknown }).ResizeObserver ??= class { observe() {} disconnect() {} };
});
afterEach(() => {
  page.unmount();
  document.body.innerHTML = '';
  localStorage.clear();
});

async function open(path: string, text = pseudo(en)) {
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/v1/snapshot') {
        const lines = [{ since: '1', total: 2 }, { type: 'book', value: { id: 'b', name: 'Βιβλίο', owner: 'a', access: 'manage', contacts: 2, revision: 'r' } }, { type: 'label', value: { id: 'l', book: 'b', name: 'Φίλοι' } },
          { type: 'contact', value: person({ id: 'c', name: NAME, labels: ['l'], company: 'Εταιρεία', emails: ['ε@ε.ε'] }) }, { type: 'contact', value: person({ id: 'k', kind: 'org', name: 'Εταιρεία', company: 'Εταιρεία' }) }];
        return new Response(lines.map((line) => JSON.stringify(line)).join('\n'));
      }
      return pathname in ANSWERS ? Response.json(ANSWERS[pathname]) : new Response(null, { status: 404 });
    },
    origin: 'http://rolo.test', now: () => Date.parse('2026-11-21T12:00:00Z'), shift: () => 0,
  }, text);
  await rolo.session.load();
  await rolo.book.load();
  const router = createPages(createMemoryHistory());
  await router.push(path);
  page = mount(App, { attachTo: document.body, global: { plugins: [router, { install: (app) => provideRolo(app, rolo) }] } });
  await router.isReady();
  for (let round = 0; round < 4; round += 1) await flushPromises();
  await new Promise((go) => setTimeout(go, 0));
  return rolo;
}

/** Words on the page that are neither of the catalogue nor of the data. */
function foreign(): string[] {
  const texts: string[] = [];
  const walker = document.createTreeWalker(document.body, 4);
  while (walker.nextNode()) {
    const inside = (walker.currentNode as Text).parentElement;
    if (inside && !inside.closest('style, script, svg')) texts.push(walker.currentNode.textContent ?? '');
  }
  for (const element of document.body.querySelectorAll('*')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'label', 'aria-roledescription']) {
      const value = element.getAttribute(name);
      if (value) texts.push(value);
    }
  }
  return [...new Set(texts.flatMap((text) => (OURS.has(text.trim()) ? [] : unsaid(text).split(/[^\p{L}]+/u))).filter((word) => /\p{Script=Latin}{2,}/u.test(word) && !/^[A-Z]{2}$/.test(word) && !OURS.has(word)))];
}

const PAGES = ['/', '/labels/l', '/search?q=%CE%95', '/contacts/c', '/contacts/c/edit', '/contacts/new', '/contacts/many', '/contacts/c/print', '/print', '/companies', '/settings', '/organisations/o/details', '/help', '/import', '/nowhere', '/bin', '/history', '/hidden', '/contacts/k', '/merge?of=c,k', '/sign-in', '/setup',
  '/import/mapping?step=columns', '/import/checked?step=check', '/import/running', '/import/failed', '/import/done', '/import/undone'];

describe('in a language nobody speaks', () => {
  it.each(PAGES)('%s has no word of its own', async (path) => {
    await open(path);
    expect(document.body.textContent).toContain('⟦');
    expect(foreign()).toEqual([]);
  });
  it.each([
    ['/contacts/c', 'export', () => press('éxpórt')], ['/contacts/c', 'code', () => press('Shów códé')], ['/contacts/c', 'labels', () => press('Lábél')], ['/settings', 'account menu', () => press('Yóúr áccóúnt')],
    ['/organisations/o/details', 'edit', () => press('Édít')], ['/contacts/new', 'all fields', () => press('Áll námé')],
    ['/contacts/new', 'every line', () => document.querySelectorAll<HTMLElement>('.form .add').forEach((add) => add.click())], ['/history', 'what a batch changed', () => press('Whát chángéd')], ['/bin', 'emptying', () => press('Émptý thé bín')],
    ['/import', 'pasting', () => press('Pásté á táblé')], ['/import/checked?step=check', 'changes of a row', () => press('Séé chángés')], ['/', 'columns', () => press('Hów thé líst', 'Chóósé cólúmns')], ['/', 'a new label', () => press('Créáté á lábél')],
    ['/labels/l', 'renaming a label', () => press('Móré fór thé lábél', 'Rénámé ór')], ['/labels/l', 'merging a label', () => press('Móré fór thé lábél', 'Mérgé íntó ánóthér')], ['/labels/l', 'deleting a label', () => press('Móré fór thé lábél', 'Délété')],
    ['/organisations/o/details', 'a new book', () => press('Néw bóók')],
  ] as const)('%s: %s has no word of its own', async (path, _name, act) => {
    await open(path);
    await act();
    for (let round = 0; round < 6; round += 1) await flushPromises();
    await new Promise((go) => setTimeout(go, 60));
    expect(foreign()).toEqual([]);
  });
  it('what to do with those selected has no word of its own', async () => {
    const rolo = await open('/');
    rolo.selection.set(['c', 'k']);
    await flushPromises();
    expect(foreign()).toEqual([]);
    for (const act of ['Éxpórt thósé', 'Lábéls']) {
      await press(act);
      await vi.waitFor(() => expect(document.querySelector('dialog')).not.toBeNull(), 4000);
      expect(foreign()).toEqual([]);
      document.querySelector('dialog')!.remove();
    }
  });
  it('the overview of the keyboard has no word of its own', async () => {
    const rolo = await open('/help');
    rolo.overview.value = true;
    await vi.waitFor(() => expect(document.querySelector('dialog')).not.toBeNull(), 4000);
    expect(foreign()).toEqual([]);
  });
  it('would find one (the control)', async () => {
    await open('/help', { ...pseudo(en), help: { ...pseudo(en).help, lead: 'Plain English' } });
    expect(foreign()).toEqual(['Plain', 'English']);
  });
});

/** Presses what says these words, one after the other. */
async function press(...all: string[]) {
  for (const words of all) {
    const button = [...document.querySelectorAll<HTMLElement>('button, [role="menuitem"]')].find((one) => `${one.getAttribute('aria-label') ?? ''} ${one.textContent}`.toLowerCase().includes(words.toLowerCase()));
    if (!button) throw new Error(`no button says ${words}`);
    button.click();
    await flushPromises();
  }
}
