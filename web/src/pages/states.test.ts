// Every list has its four states: it says that it is coming, that nothing is there and how to begin, that it did not come and
// what is safe, and it shows what there is. Each is played on the page that has it, with the server's answer held in hand.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import App from '@/App.vue';
import { person } from '@/contact/people.fixture';
import { createRolo, provideRolo } from '@/rolo';
import { createPages } from '@/router';

const at = '2026-11-20T10:00:00Z';
const account = { id: 'a', name: 'Noor', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'Oke' }, settings: {} };
const book = { type: 'book', value: { id: 'b', name: 'Mine', owner: 'a', access: 'manage', contacts: 2, revision: 'r' } };
const label = { type: 'label', value: { id: 'l', book: 'b', name: 'Friends', revision: 'r' } };
const ann = person({ id: 'c', name: 'Ann Lee', labels: ['l'], company: 'Oke' });
const company = person({ id: 'k', kind: 'org', name: 'Oke', company: 'Oke' });
const contact = (id: string, kind = 'individual') => ({ id, book: 'b', kind, uid: id, revision: 'r', modseq: 1, labels: [], starred: false, hidden: false, created_at: at, updated_at: at, deleted_at: null, card: { name: { full: id === 'k' ? 'Oke' : 'Ann Lee' }, ...(kind === 'org' ? { organizations: { o: { name: 'Oke' } } } : {}) } });
const snapshot = (...lines: { type?: string }[]) => new Response([{ since: '1', total: lines.filter((line) => line.type === 'contact').length }, book, ...lines].map((line) => JSON.stringify(line)).join('\n'));
const people = (...all: object[]) => () => snapshot(label, ...all.map((value) => ({ type: 'contact', value })));
const items = (...all: object[]) => () => Response.json({ items: all, next: null, total: all.length });
const down = () => Response.json({ title: 'Unavailable', status: 503, detail: 'The database is not answering. Nothing is lost.' }, { status: 503, headers: { 'content-type': 'application/problem+json' } });

type Answer = () => Response | Promise<Response>;
interface Case {
  list: string;
  path: string;
  asks: string;
  /** What it answers when something is there, and words of it. */
  full: Answer;
  shows: string;
  empty?: { answer: Answer; says: string };
  /** Where on the page the list is. */
  within?: string;
}
const CASES: readonly Case[] = [
  { list: 'the contacts', path: '/', asks: '/v1/snapshot', full: people(ann), shows: 'Ann Lee', empty: { answer: people(), says: 'Your book is empty' }, within: 'main' },
  { list: 'a label', path: '/labels/l', asks: '/v1/snapshot', full: people(ann), shows: 'Ann Lee', empty: { answer: people(company), says: 'Nobody carries this label' }, within: 'main' },
  { list: 'a search', path: '/search?q=ann', asks: '/v1/snapshot', full: people(ann), shows: 'Ann', empty: { answer: people(company), says: 'Nobody found' }, within: 'main' },
  { list: 'those hidden', path: '/hidden', asks: '/v1/snapshot', full: people({ ...ann, hidden: true }), shows: 'Ann Lee', empty: { answer: people(ann), says: 'Nobody is hidden' }, within: 'main' },
  { list: 'the companies', path: '/companies', asks: '/v1/snapshot', full: people(company, ann), shows: 'Ann Lee', empty: { answer: people(ann), says: 'No companies yet' }, within: 'main' },
  { list: 'companies that people’s cards name', path: '/companies', asks: '/v1/snapshot', full: people(ann), shows: 'Oke 1', within: 'main' },
  { list: 'the labels', path: '/help', asks: '/v1/snapshot', full: people(ann), shows: 'Friends', empty: { answer: () => snapshot(), says: 'gather here' }, within: 'nav.drawer' },
  { list: 'the bin', path: '/bin', asks: '/v1/bin', full: items({ ...ann, deleted_at: at }), shows: 'Ann Lee', empty: { answer: items(), says: 'The bin is empty' }, within: 'main' },
  { list: 'the history of the book', path: '/history', asks: '/v1/batches', full: items({ id: '1', act: 'delete', summary: null, by: { id: 'a', name: 'Noor' }, door: 'web', device: null, at, contacts: 3, undoes: null, undone_by: null }), shows: 'moved 3 contacts', empty: { answer: items(), says: 'Nothing has happened yet' }, within: 'main' },
  { list: 'the history of a contact', path: '/contacts/c', asks: '/v1/contacts/c/versions', full: items({ modseq: 1, at, by: { id: 'a', name: 'Noor' }, door: 'web', device: null, batch: 'x', act: 'create', changes: [] }), shows: 'made this card', empty: { answer: items(), says: 'Nothing has changed yet' }, within: 'main' },
  { list: 'the people of a company', path: '/contacts/k', asks: '/v1/snapshot', full: people(company, ann), shows: 'Ann Lee', empty: { answer: people(company), says: 'Nobody of your book works here' }, within: 'main' },
  { list: 'the members of an organisation', path: '/organisations/o/details', asks: '/v1/organisations/o/members', full: items({ account: 'z', name: 'Jón', email: 'jon@x.example', role: 'member' }), shows: 'Jón', within: 'main' },
  { list: 'earlier imports', path: '/import', asks: '/v1/imports', full: items({ id: 'i', name: 'autumn.csv', state: 'done', created_at: at, counts: { new: 1, update: 0, same: 0, check: 0, refused: 0 } }), shows: 'autumn.csv', empty: { answer: items(), says: 'is listed here' }, within: 'main' },
  { list: 'the rows of an import', path: '/import/i?step=check', asks: '/v1/imports/i/rows', full: items({ row: 1, verdict: 'new', name: 'Ada Byron', why: 'New', decision: null, changes: [] }), shows: 'Ada Byron', empty: { answer: items(), says: 'No rows with this verdict' }, within: 'main' },
  { list: 'the sessions', path: '/settings', asks: '/v1/sessions', full: items({ id: 's', device: 'Firefox', address: '::1', created_at: at, seen_at: at, current: true }), shows: 'Firefox', within: 'main' },
  { list: 'the tokens', path: '/settings', asks: '/v1/tokens', full: items({ id: 't', name: 'Telephone', kind: 'dav', created_at: at, expires_at: null }), shows: 'Telephone', empty: { answer: items(), says: 'None yet' }, within: 'main' },
  { list: 'a list for paper', path: '/print', asks: '/v1/snapshot', full: people(ann), shows: 'Ann Lee', empty: { answer: people(), says: '0 people' }, within: 'main' },
];

let view: VueWrapper | undefined;
beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) { this.setAttribute('open', ''); };
  (globalThis as { ResizeObserver?: unknown }).ResizeObserver ??= class { observe() {} disconnect() {} };
});
afterEach(() => {
  view?.unmount();
  document.body.innerHTML = '';
});

async function open({ path, asks }: Case, answer: { now: Answer }) {
  const others: Readonly<Record<string, Answer>> = {
    '/v1/account': () => Response.json(account), '/v1/snapshot': people(company, ann), '/v1/contacts/c': () => Response.json(contact('c')), '/v1/contacts/k': () => Response.json(contact('k', 'org')), '/v1/organisations/o': () => Response.json({ id: 'o', name: 'Oke', details: {}, created_at: at, revision: 'r' }),
    '/v1/imports/i': () => Response.json({ id: 'i', name: 'autumn.csv', state: 'checked', rows: 1, done: 0, columns: [], fields: [], left_out: [], batch: null, created_at: at, counts: { new: 1, update: 0, same: 0, check: 0, refused: 0 } }),
  };
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      return pathname === asks ? answer.now() : (others[pathname] ?? items())();
    },
    origin: 'http://rolo.test', now: () => Date.parse('2026-11-21T12:00:00Z'), shift: () => 0,
  });
  await rolo.session.load();
  if (asks !== '/v1/snapshot') await rolo.book.load();
  const router = createPages(createMemoryHistory());
  await router.push(path);
  await router.isReady();
  view = mount(App, { attachTo: document.body, global: { plugins: [router, { install: (app) => provideRolo(app, rolo) }] } });
  await settled();
}
async function settled() {
  for (let round = 0; round < 8; round += 1) await flushPromises();
}
const shown = (within = 'main') => [...document.querySelectorAll(within)].map((one) => one.textContent).join(' ').replace(/\s+/g, ' ');

describe.each(CASES)('$list', (one) => {
  it('says that it is coming, then shows what there is', async () => {
    let go: (answer: Response) => void = () => {};
    await open(one, { now: () => new Promise<Response>((resolve) => (go = resolve)) });
    const waits = document.querySelectorAll(`:is(${one.within}) :is([role="status"], .bone)`);
    expect(waits.length).toBeGreaterThan(0);
    if (one.empty) expect(shown(one.within)).not.toContain(one.empty.says);
    go(await one.full());
    await vi.waitFor(() => expect(shown(one.within)).toContain(one.shows));
  });

  it('says what is safe when it does not come, and comes on the next try', async () => {
    const answer: { now: Answer } = { now: down };
    await open(one, answer);
    await vi.waitFor(() => expect(shown(one.within)).toMatch(/Nothing is lost|did not arrive/));
    if (one.empty) expect(shown(one.within)).not.toContain(one.empty.says);
    answer.now = one.full;
    const again = [...document.querySelectorAll<HTMLButtonElement>(`:is(${one.within}) button`)].find((button) => button.textContent?.includes('Try again'));
    expect(again).toBeDefined();
    again!.click();
    await vi.waitFor(() => expect(shown(one.within)).toContain(one.shows));
  });

  const { empty } = one;
  if (!empty) return;
  it('says so when nothing is there', async () => {
    await open(one, { now: empty.answer });
    await vi.waitFor(() => expect(shown(one.within)).toContain(empty.says));
    expect(shown(one.within)).not.toMatch(/Nothing is lost|did not arrive/);
  });
});
