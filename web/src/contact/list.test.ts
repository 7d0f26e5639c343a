import { flushPromises, mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import { createRolo, provideRolo } from '@/rolo';
import { createPages } from '@/router';
import ContactList from './ContactList.vue';
import { person } from './people.fixture';

const crowd = Array.from({ length: 500 }, (_, n) => person({ id: `p${n}`, name: `Person ${String(n).padStart(3, '0')}`, modseq: 1 }));
const sections = [
  { key: 'starred', title: 'Starred', count: 1, people: crowd.slice(0, 1) }, { key: 'all', title: 'Contacts', count: null, people: crowd.slice(1) },
];

async function world() {
  const calls: string[] = [];
  const rolo = createRolo({
    fetch: async (request) => {
      calls.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get('if-match') ?? ''}`.trim());
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

it('moves to the bin by the row’s button, naming the revision it showed, and offers Undo', async () => {
  const { list, rolo, calls } = await world();
  await list.get('#row-p2 [data-act="delete"]').trigger('click');
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
