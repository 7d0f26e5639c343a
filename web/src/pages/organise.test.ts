// The bin, the history and merging as pages: their states, what they ask the server, what they ask the person.
import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import { person } from '@/contact/people.fixture';
import { createRolo, provideRolo } from '@/rolo';
import { createPages } from '@/router';
import BinPage from './BinPage.vue';
import HistoryPage from './HistoryPage.vue';
import MergePage from './MergePage.vue';
import OrganisationPage from './OrganisationPage.vue';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers } });
const down = () => json({ title: 'Unavailable', status: 503, detail: 'The database is not answering. Nothing is lost.' }, 503);

let answers: Record<string, (request: Request) => Response | Promise<Response>>;
let asked: { what: string; body: unknown }[];

async function open(page: typeof BinPage | typeof HistoryPage | typeof MergePage | typeof OrganisationPage, path: string) {
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      const what = `${request.method} ${pathname}`;
      const copy = request.clone();
      if (request.method !== 'GET') asked.push({ what, body: await request.json().catch(() => null) });
      return answers[what]?.(copy) ?? json({ items: [], since: '1', more: false, next: null, total: 0 });
    },
    origin: 'http://rolo.test', now: () => NOW, shift: () => 0,
  });
  rolo.session.account.value = { id: 'me', name: 'Noor', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'O' }, settings: {} };
  const router = createPages(createMemoryHistory());
  await router.push(path);
  const view = mount(page as never, { attachTo: document.body, global: { plugins: [router, { install: (app) => provideRolo(app, rolo) }] } });
  return { view, rolo, router };
}
const button = (view: { findAll: (what: string) => { text: () => string; attributes: (name: string) => string | undefined; trigger: (what: string) => Promise<void> }[] }, name: string) =>
  view.findAll('button').find((one) => (one.attributes('aria-label') ?? one.text()) === name)!;

beforeEach(() => {
  asked = [];
  answers = {};
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) { this.open = true; };
});

describe('the bin', () => {
  const olu = person({ id: '1', name: 'Olu Finch', deleted_at: '2026-11-09T12:00:00Z' });
  const old = person({ id: '2', name: 'Fax', deleted_at: '2026-10-23T12:00:00Z' });

  it('draws loading, then what is there and how long it stays', async () => {
    answers['GET /v1/bin'] = () => json({ items: [olu, old], next: null, total: 2 });
    const { view } = await open(BinPage, '/bin');
    expect(view.find('[role="status"][aria-label="Opening the bin"]').exists()).toBe(true);
    await flushPromises();
    expect(view.text()).toContain('18 days');
    expect(view.findAll('.stays.late').map((one) => one.text())).toEqual(['1 day']);
    view.unmount();
  });

  it('says what is safe when it does not open, and opens on the next try', async () => {
    answers['GET /v1/bin'] = down;
    const { view } = await open(BinPage, '/bin');
    await flushPromises();
    expect(view.text()).toContain('Nothing is lost.');
    answers['GET /v1/bin'] = () => json({ items: [], next: null, total: 0 });
    await button(view, 'Try again').trigger('click');
    await flushPromises();
    expect(view.text()).toContain('The bin is empty');
    view.unmount();
  });

  it('puts back at once, and says so with Undo', async () => {
    let items = [olu, old];
    answers['GET /v1/bin'] = () => json({ items, next: null, total: items.length });
    answers['POST /v1/bin/1/restore'] = () => {
      items = [old];
      return json({}, 200, { 'Rolo-Batch': 'b1' });
    };
    const { view, rolo } = await open(BinPage, '/bin');
    await flushPromises();
    await button(view, 'Put back Olu Finch').trigger('click');
    expect(view.text()).not.toContain('Olu Finch');
    await flushPromises();
    expect(rolo.toasts.current.value).toMatchObject({ text: 'Olu Finch is back in your book', act: { title: 'Undo' } });
    view.unmount();
  });

  it('shows a card again that could not be put back', async () => {
    answers['GET /v1/bin'] = () => json({ items: [olu], next: null, total: 1 });
    answers['POST /v1/bin/1/restore'] = down;
    const { view, rolo } = await open(BinPage, '/bin');
    await flushPromises();
    await button(view, 'Put back Olu Finch').trigger('click');
    await flushPromises();
    expect(view.text()).toContain('Olu Finch');
    expect(rolo.toasts.current.value?.bad).toBe(true);
    view.unmount();
  });

  it('deletes for good only after asking', async () => {
    answers['GET /v1/bin'] = () => json({ items: [olu], next: null, total: 1 });
    answers['DELETE /v1/bin'] = () => json({ purged: 1 });
    const { view } = await open(BinPage, '/bin');
    await flushPromises();
    await button(view, 'Empty the bin').trigger('click');
    expect(view.text()).toContain('This cannot be undone.');
    await button(view, 'Cancel').trigger('click');
    expect(asked).toEqual([]);
    await button(view, 'Empty the bin').trigger('click');
    await button(view, 'Delete 1 contact').trigger('click');
    await flushPromises();
    expect(asked.map((one) => one.what)).toEqual(['DELETE /v1/bin']);
    view.unmount();
  });
});

describe('the history', () => {
  const batch = (id: string, more: object) => ({ id, act: 'edit', summary: null, by: { id: 'me', name: 'Noor' }, door: 'web', device: null, at: '2026-11-21T11:00:00Z', contacts: 1, undoes: null, undone_by: null, ...more });

  it('tells who did what, from where, under its day, what is taken back says so', async () => {
    answers['GET /v1/batches'] = () => json({ items: [
      batch('1', { act: 'delete', contacts: 4 }), batch('2', { act: 'import', summary: 'autumn.csv', contacts: 118, at: '2026-11-20T14:02:00Z', undone_by: 'x' }),
      batch('3', { act: 'edit', by: { id: 'jon', name: 'Jón' }, door: 'dav', device: 'Jón’s phone', at: '2026-11-20T10:00:00Z' }),
    ], next: null });
    const { view } = await open(HistoryPage, '/history');
    await flushPromises();
    expect(view.findAll('h2').map((one) => one.text())).toEqual(['Today', 'Yesterday']);
    expect(view.findAll('li').map((one) => one.text().replace(/\s+/g, ' '))).toEqual([
      'You moved 4 contacts to the bin11:00 · in the browserWhat changedUndo', 'You imported autumn.csv: 118 contacts14:02 · in the browserWhat changedTaken back',
      'Jón changed 1 contact10:00 · by sync, Jón’s phoneWhat changedUndo',
    ]);
    await button(view, 'By devices').trigger('click');
    await flushPromises();
    expect(view.findAll('li')).toHaveLength(1);
    view.unmount();
  });

  it('takes a batch back, and that can be taken back too', async () => {
    let items = [batch('1', { act: 'delete' })];
    answers['GET /v1/batches'] = () => json({ items, next: null });
    answers['POST /v1/undo'] = () => {
      items = [batch('2', { act: 'undo', undoes: '1' }), batch('1', { act: 'delete', undone_by: '2' })];
      return json({ batch: '2', undone: 1, left: [] });
    };
    const { view, rolo } = await open(HistoryPage, '/history');
    await flushPromises();
    await button(view, 'Undo: moved 1 contact to the bin').trigger('click');
    await flushPromises();
    expect(asked).toEqual([{ what: 'POST /v1/undo', body: { batch: '1' } }]);
    expect(view.findAll('li').map((one) => one.findAll('button').some((act) => /^(Undo|Redo)$/.test(act.text())))).toEqual([true, false]);
    expect(rolo.toasts.current.value?.act?.title).toBe('Undo');
    view.unmount();
  });
});

describe('merging', () => {
  const cards: Record<string, Record<string, unknown>> = {
    a: { name: { full: 'Élodie Marchand' }, emails: { e: { address: 'elodie@m.example' } } },
    b: { name: { full: 'E. M.' }, emails: { e: { address: 'Elodie@m.example' } }, notes: { n: { note: 'Binds books' } } },
  };
  const contact = (id: string) => ({ id, book: 'b', kind: 'individual', uid: id, revision: 'r', modseq: 1, labels: [], starred: false, hidden: false, created_at: '', updated_at: '2026-11-20T10:00:00Z', deleted_at: null, card: cards[id] });
  beforeEach(() => {
    answers['GET /v1/contacts/a'] = () => json(contact('a'));
    answers['GET /v1/contacts/b'] = () => json(contact('b'));
    answers['POST /v1/merges/preview'] = () => json({ card: { ...cards.b, ...cards.a } });
    answers['POST /v1/merges'] = () => json(contact('a'), 200, { 'Rolo-Batch': 'b1' });
  });
  const after = (view: Awaited<ReturnType<typeof open>>['view']) => view.get('.merge-card.after');

  it('shows the cards beside what they become, and where each line comes from', async () => {
    const { view } = await open(MergePage, '/merge?of=a,b');
    await flushPromises();
    await flushPromises();
    expect(after(view).get('.merge-name').text()).toBe('Élodie Marchand');
    expect(after(view).findAll('.merge-line').map((one) => [one.find('bdi').text(), one.find('.merge-from').text()])).toEqual([['elodie@m.example', 'Both'], ['Binds books', 'Right']]);
    view.unmount();
  });

  it('lets the server keep everything when nothing was chosen', async () => {
    const { view } = await open(MergePage, '/merge?of=a,b');
    await flushPromises();
    await flushPromises();
    await button(view, 'Merge').trigger('click');
    await flushPromises();
    expect(asked.at(-1)).toEqual({ what: 'POST /v1/merges', body: { contacts: ['a', 'b'], into: 'a' } });
    view.unmount();
  });

  it('follows each choice: whose name leads, what is left out', async () => {
    const { view, rolo } = await open(MergePage, '/merge?of=a,b');
    await flushPromises();
    await flushPromises();
    await view.findAll('input[type="radio"]')[1]!.setValue(true);
    await flushPromises();
    expect(after(view).get('.merge-name').text()).toBe('E. M.');
    await button(view, 'Leave out Binds books').trigger('click');
    await button(view, 'Merge').trigger('click');
    await flushPromises();
    expect(asked.at(-1)!.body).toEqual({
      contacts: ['b', 'a'], into: 'b', card: { name: { full: 'E. M.' }, nicknames: { 'former-name': { name: 'Élodie Marchand' } }, emails: { e: { address: 'elodie@m.example' } } },
    });
    expect(rolo.toasts.current.value).toMatchObject({ text: 'Merged into Élodie Marchand', act: { title: 'Undo' } });
    view.unmount();
  });

  it('stays, and says why, when it is refused', async () => {
    answers['POST /v1/merges'] = down;
    const { view, rolo, router } = await open(MergePage, '/merge?of=a,b');
    await flushPromises();
    await flushPromises();
    await button(view, 'Merge').trigger('click');
    await flushPromises();
    expect(rolo.toasts.current.value).toMatchObject({ text: 'The database is not answering. Nothing is lost.', bad: true });
    expect(router.currentRoute.value.path).toBe('/merge');
    view.unmount();
  });
});

describe('what a batch changed', () => {
  const batch = { id: 'b1', at: '2026-11-21T11:00:00Z', by: { id: 'me', name: 'Noor' }, door: 'web', device: null, act: 'edit', contacts: 3, labels: null, summary: null, undone_by: null, undoes: null };
  const item = (contact: string, name: string, act: string, changes: unknown[] = [], more = {}) => ({ contact, name, act, book: 'b', changes, ...more });

  it('opens in its place, contact by contact, and closes again', async () => {
    answers['GET /v1/batches'] = () => json({ items: [batch], next: null });
    answers['GET /v1/batches/b1'] = () => json({ ...batch, labels: [{ label: 'l', book: 'b', before: { name: 'Crew', hue: null }, after: { name: 'Rowers', hue: null } }] });
    answers['GET /v1/batches/b1/items'] = (request) => (new URL(request.url).searchParams.get('cursor') === 'n'
      ? json({ items: [item('3', 'Old Olu', 'edit', [], { forgotten: true })], next: null })
      : json({ items: [item('1', 'Ann Lee', 'edit', [{ path: 'emails/a', before: { address: 'old@x.example' }, after: null }, { path: 'emails/b', before: null, after: { address: 'new@x.example' } }]), item('2', 'Gone Gus', 'delete', [{ path: 'name', before: { full: 'Gone Gus' }, after: null }])], next: 'n' }));
    const { view } = await open(HistoryPage, '/history');
    await flushPromises();
    await button(view, 'What changed: made 3 changes').trigger('click');
    await flushPromises();
    const told = () => view.find('.batch-contents').text().replace(/\s+/g, '');
    expect(told()).toContain('AnnLeechangedE-mailRemovedold@x.exampleAddednew@x.example');
    expect(told()).toContain('GoneGusmovedtothebin');
    expect(told()).toContain('RemovedCrewAddedRowers');
    await button(view, 'Show more of it').trigger('click');
    await flushPromises();
    expect(told()).toContain('Whatitsaidbeforeisnolongerkept.');
    await button(view, 'What changed: made 3 changes').trigger('click');
    expect(view.find('.batch-contents').exists()).toBe(false);
    view.unmount();
  });

  it('says what is wrong when it does not come, and comes on the next try', async () => {
    answers['GET /v1/batches'] = () => json({ items: [batch], next: null });
    answers['GET /v1/batches/b1/items'] = down;
    const { view } = await open(HistoryPage, '/history');
    await flushPromises();
    await button(view, 'What changed: made 3 changes').trigger('click');
    await flushPromises();
    expect(view.find('.batch-contents').text()).toContain('Nothing is lost.');
    answers['GET /v1/batches/b1/items'] = () => json({ items: [], next: null });
    await view.find('.batch-contents button').trigger('click');
    await flushPromises();
    expect(view.find('.batch-contents').text()).toContain('Nothing of it is left to show.');
    view.unmount();
  });
});

describe('an organisation', () => {
  const member = (account: string, name: string, role: string) => ({ account, name, email: `${account}@x.example`, role, since: '2026-01-01T00:00:00Z' });
  it('names its members with their roles, page by page', async () => {
    answers['GET /v1/organisations/o'] = () => json({ id: 'o', name: 'Oars', details: {}, created_at: '2026-01-01T00:00:00Z', revision: 'r' });
    answers['GET /v1/organisations/o/members'] = (request) => (new URL(request.url).searchParams.get('cursor') === 'n'
      ? json({ items: [member('zoe', 'Zoe', 'member')], next: null, total: 3 }) : json({ items: [member('ann', 'Ann', 'admin'), member('me', 'Noor', 'owner')], next: 'n', total: 3 }));
    const { view } = await open(OrganisationPage, '/organisations/o/details');
    await flushPromises();
    const told = () => view.findAll('.strip .grow').map((one) => one.element.parentElement!.textContent!.replace(/\s+/g, ' ').trim());
    expect(told()).toEqual(['AAnn ann@x.exampleAdmin', 'NNoor Youme@x.exampleOwner']);
    await button(view, 'Show more members').trigger('click');
    await flushPromises();
    expect(told().at(-1)).toBe('ZZoe zoe@x.exampleMember');
    expect(view.text()).toContain('3 members');
    view.unmount();
  });
});

describe('the book as it was', () => {
  const told = { at: '2026-11-21T11:00:00Z', dry_run: true, restored: 1, binned: 0, changed: 2, moved: 0, purged: 1, forgotten: 0, elsewhere: 0, examples: [{ contact: 'c', name: 'Ann Lee', book: 'b', act: 'edit', changes: [{ path: 'notes/n1', before: { note: 'new' }, after: { note: 'old' } }] }] };
  async function dialog() {
    answers['GET /v1/snapshot'] = () => new Response([{ since: '1', total: 0 }, { type: 'book', value: { id: 'b', name: 'Mine', owner: 'me', access: 'manage', contacts: 1, binned: 0, revision: 'r' } }].map((line) => JSON.stringify(line)).join('\n'));
    const { view, rolo } = await open(HistoryPage, '/history');
    await rolo.book.load();
    await flushPromises();
    await button(view, 'The book as it was…').trigger('click');
    await vi.waitFor(() => expect(document.querySelector('dialog[open]')).not.toBeNull());
    const press = async (name: string) => {
      [...document.querySelectorAll<HTMLButtonElement>('dialog button')].find((one) => one.textContent === name)!.click();
      await flushPromises();
    };
    return { view, rolo, press, says: () => document.querySelector('dialog')?.textContent ?? '' };
  }

  it('shows what would change before it does anything, then does it as one batch', async () => {
    answers['POST /v1/books/b/moment'] = async (request) => {
      const { dry_run } = (await request.json()) as { dry_run: boolean };
      return json(dry_run ? told : { ...told, dry_run, batch: 'x', examples: [] }, 200, { 'rolo-batch': 'x' });
    };
    const { view, rolo, press, says } = await dialog();
    document.querySelector('dialog form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await flushPromises();
    expect(says()).toMatch(/1 contact comes back.*2 contacts say again what was there.*1 contact was deleted for good since/s);
    expect(document.querySelector('dialog .examples')?.textContent).toMatch(/Ann Lee says again.*new.*old/s);
    expect(asked).toEqual([{ what: 'POST /v1/books/b/moment', body: { at: '2026-11-21T11:00:00.000Z', dry_run: true } }]);
    await press('Go back to it');
    expect(asked.at(-1)).toEqual({ what: 'POST /v1/books/b/moment', body: { at: '2026-11-21T11:00:00.000Z', dry_run: false } });
    expect(rolo.toasts.current.value?.act?.title).toBe('Undo');
    expect(document.querySelector('dialog')).toBeNull();
    view.unmount();
  });

  it('says what is wrong with a time at its field, and looks anew when it is changed', async () => {
    answers['POST /v1/books/b/moment'] = () => json({ title: 'Invalid', status: 422, detail: 'The book was made later than that.', field: '/at' }, 422);
    const { view, says } = await dialog();
    document.querySelector('dialog form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await flushPromises();
    expect(says()).toContain('The book was made later than that.');
    const field = document.querySelector<HTMLInputElement>('dialog input')!;
    field.value = '2026-11-21T10:00:00';
    field.dispatchEvent(new Event('input'));
    await flushPromises();
    expect(says()).not.toContain('made later');
    view.unmount();
  });
});
