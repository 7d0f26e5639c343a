import { flushPromises, mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import { createRolo, provideRolo } from '@/rolo';
import { createPages } from '@/router';
import { setSingleLetters } from '@/ui/shortcuts';
import ContactList from './ContactList.vue';
import { person } from './people.fixture';

const crowd = Array.from({ length: 500 }, (_, n) => person({ id: `p${n}`, name: `Person ${String(n).padStart(3, '0')}`, modseq: 1 }));
const sections = [
  { key: 'starred', title: 'Starred', count: 1, people: crowd.slice(0, 1) }, { key: 'all', title: 'Contacts', count: null, people: crowd.slice(1) },
];

async function world(refusal?: { status: number; detail: string }) {
  const calls: string[] = [];
  const rolo = createRolo({
    fetch: async (request) => {
      calls.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get('if-match') ?? ''}`.trim());
      if (refusal && request.method !== 'GET') return new Response(JSON.stringify(refusal), { status: refusal.status, headers: { 'content-type': 'application/problem+json' } });
      if (request.method === 'POST') {
        const { items } = (await request.json()) as { items: { op: string; contact: string; revision?: string }[] };
        calls.push(...items.map((one) => [one.op, one.contact, one.revision].filter(Boolean).join(' ')));
        return Response.json({ batch: 'batch-2', items: items.map(() => ({ status: 200 })) }, { headers: { 'Rolo-Batch': 'batch-2' } });
      }
      if (request.method === 'DELETE') return new Response(null, { status: 204, headers: { 'Rolo-Batch': 'batch-1' } });
      return Response.json({ items: [], since: '1', more: false });
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  rolo.book.take(crowd.map((value) => ({ type: 'contact', id: value.id, book: value.book, modseq: 1, gone: false, value })));
  const router = createPages(createMemoryHistory());
  await router.push('/');
  const list = mount(ContactList, {
    props: { sections, name: 'Contacts', place: '/' }, attachTo: document.body,
    global: { plugins: [router, { install: (app) => provideRolo(app, rolo) }] },
  });
  return { list, router, rolo, calls };
}

it('is one tab stop: arrows move, Enter opens', async () => {
  const { list, router } = await world();
  const grid = list.get('[role="grid"]');
  expect(list.findAll('[tabindex="0"]')).toHaveLength(1);
  expect(grid.attributes('aria-rowcount')).toBe('503');
  await grid.trigger('focus');
  expect(grid.attributes('aria-activedescendant')).toBe('row-p0');
  await grid.trigger('keydown', { key: 'ArrowDown' });
  await grid.trigger('keydown', { key: 'ArrowDown' });
  await grid.trigger('keydown', { key: 'ArrowUp' });
  expect(grid.attributes('aria-activedescendant')).toBe('row-p1');
  await grid.trigger('keydown', { key: 'End' });
  expect(grid.attributes('aria-activedescendant')).toBe('row-p499');
  await grid.trigger('keydown', { key: 'ArrowDown' });
  expect(grid.attributes('aria-activedescendant')).toBe('row-p499');
  await grid.trigger('keydown', { key: 'Home' });
  await grid.trigger('keydown', { key: 'Enter' });
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/contacts/p0'), { timeout: 20_000 });
  list.unmount();
});

it('draws a screenful, not the book', async () => {
  const { list } = await world();
  expect(list.findAll('.person').length).toBeLessThan(60);
  list.unmount();
});

it('moves to the bin by the row’s menu, naming the revision it showed, and offers Undo', async () => {
  const { list, rolo, calls } = await world();
  await list.get('#row-p2 [data-act="more"]').trigger('click');
  await list.findAll('[role="menuitem"]').at(-1)!.trigger('click');
  await flushPromises();
  expect(calls[0]).toBe('DELETE /v1/contacts/p2 "r"');
  expect(rolo.toasts.current.value).toMatchObject({ text: 'Person 002 is in the bin', act: { title: 'Undo' } });
  list.unmount();
});

it('opens a person by click, and leaves other clicks to the browser', async () => {
  const { list, router } = await world();
  await list.get('#row-p3 a').trigger('click', { ctrlKey: true });
  await flushPromises();
  expect(router.currentRoute.value.fullPath).toBe('/');
  await list.get('#row-p3 a').trigger('click');
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/contacts/p3'));
  list.unmount();
});

const chosen = (rolo: Awaited<ReturnType<typeof world>>['rolo']) => [...rolo.selection.chosen.value].sort().join(' ');

it('chooses by the tick, a range by shift, all by Ctrl+A, nobody by Escape, rows tell so', async () => {
  const { list, rolo } = await world();
  await list.get('#row-p2 .chooser').trigger('click');
  await list.get('#row-p5 a').trigger('click', { shiftKey: true });
  expect(chosen(rolo)).toBe('p2 p3 p4 p5');
  expect([list.get('#row-p4').attributes('aria-selected'), list.get('#row-p6').attributes('aria-selected')]).toEqual(['true', 'false']);
  const grid = list.get('[role="grid"]');
  expect(grid.attributes('aria-multiselectable')).toBe('true');
  await grid.trigger('keydown', { key: 'a', ctrlKey: true });
  expect(rolo.selection.count.value).toBe(500);
  await grid.trigger('keydown', { key: 'Escape' });
  expect(rolo.selection.count.value).toBe(0);
  list.unmount();
});

it('chooses from the keyboard: x, and arrows with shift far beyond the screen', async () => {
  const { list, rolo } = await world();
  const grid = list.get('[role="grid"]');
  await grid.trigger('focus');
  await grid.trigger('keydown', { key: 'x' });
  expect(chosen(rolo)).toBe('p0');
  await grid.trigger('keydown', { key: 'End', shiftKey: true });
  expect(rolo.selection.count.value).toBe(500);
  list.unmount();
});

it('leaves single letters alone where they are turned off', async () => {
  const { list, rolo } = await world();
  const grid = list.get('[role="grid"]');
  await grid.trigger('focus');
  setSingleLetters(false);
  for (const key of ['x', 'j', '#', 's']) await grid.trigger('keydown', { key });
  expect([rolo.selection.count.value, grid.attributes('aria-activedescendant'), rolo.book.find('p0')?.starred]).toEqual([0, 'row-p0', false]);
  await grid.trigger('keydown', { key: ' ' });
  expect(chosen(rolo)).toBe('p0');
  setSingleLetters(true);
  list.unmount();
});

it('moves everybody chosen to the bin in one batch that names the revisions, and offers Undo', async () => {
  const { list, rolo, calls } = await world();
  rolo.selection.set(['p7', 'p8']);
  const grid = list.get('[role="grid"]');
  await grid.trigger('focus');
  await grid.trigger('keydown', { key: '#' });
  await flushPromises();
  expect(calls.slice(0, 3)).toEqual(['POST /v1/batches', 'delete p7 r', 'delete p8 r']);
  expect(rolo.toasts.current.value).toMatchObject({ text: '2 contacts are in the bin', act: { title: 'Undo' } });
  list.unmount();
});

it('takes a refused change back and says why', async () => {
  const { list, rolo } = await world({ status: 503, detail: 'The database is not answering.' });
  rolo.selection.set(['p7', 'p8']);
  const grid = list.get('[role="grid"]');
  await grid.trigger('focus');
  await grid.trigger('keydown', { key: '#' });
  expect(rolo.book.find('p7')).toBeUndefined();
  await flushPromises();
  expect(rolo.book.find('p7')?.name).toBe('Person 007');
  expect(chosen(rolo)).toBe('p7 p8');
  expect(rolo.toasts.current.value).toMatchObject({ text: 'The database is not answering.', bad: true });
  list.unmount();
});

it('shows the columns the account keeps, in their order', async () => {
  const { list, rolo } = await world();
  expect(list.findAll('[role="columnheader"]').map((one) => one.text())).toEqual(['Name', 'Email', 'Phone number', 'Job title & company', 'Labels']);
  rolo.session.account.value = { id: 'a', name: 'N', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'O' }, settings: { columns: ['updated', 'title', 'company'] } };
  await flushPromises();
  expect(list.findAll('[role="columnheader"]').map((one) => one.text())).toEqual(['Name', 'Last change', 'Job title', 'Company']);
  list.unmount();
});

it('keeps the rows of those who are still found, and says no order where finds are ranked', async () => {
  const { list, rolo } = await world();
  const found = (people: typeof crowd) => [{ key: 'found', title: 'Found', count: people.length, people }];
  expect(list.findAll('[aria-sort]')).toHaveLength(1);
  await list.setProps({ query: 'per', sections: found(crowd.slice(0, 9)) });
  expect(list.findAll('[aria-sort]')).toHaveLength(0);
  const row = () => list.get('[data-id="p7"]').element;
  const before = row();
  const touched: MutationRecord[] = [];
  const watcher = new MutationObserver((records) => touched.push(...records));
  watcher.observe(list.element, { subtree: true, childList: true, characterData: true, attributes: true });
  await list.setProps({ query: 'pers', sections: found(crowd.slice(5, 9)) });
  expect(row()).toBe(before);
  expect(list.findAll('[data-id]')).toHaveLength(4);
  touched.push(...watcher.takeRecords());
  // Its mark grows by a letter; its picture, its cells and its buttons are left alone.
  const within = touched.filter(({ target }) => before.contains(target) && target !== before);
  expect(within.length).toBeGreaterThan(0);
  expect(within.every(({ target }) => (target.nodeType === Node.TEXT_NODE ? target.parentElement! : (target as Element)).closest('bdi'))).toBe(true);
  expect(rolo.selection.count.value).toBe(0);
  list.unmount();
});
