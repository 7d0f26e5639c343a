import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { h, ref } from 'vue';
import { createRolo, provideRolo } from '@/rolo';
import { person } from './people.fixture';
import { useContact } from './useContact';

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
const contact = (id: string, revision: string) => ({ ...person({ id, name: `${id} ${revision}` }), revision, card: { name: { full: `${id} ${revision}` } } });

const full = (card: Record<string, unknown>) => (card['name'] as { full: string }).full;

/** A page of one contact, and a server whose answers about it are given when the test says so. */
async function opened(id: string) {
  const asked: { answer: (value: unknown) => Promise<void> }[] = [];
  const line = { ...person({ id: '1', name: 'Ann', modseq: 5 }), revision: 'r1' };
  let changes: unknown[] = [];
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/v1/snapshot') return new Response([{ since: 's1', total: 1 }, { type: 'contact', value: line }].map((one) => JSON.stringify(one)).join('\n'));
      if (pathname === '/v1/books') return json({ items: [] });
      if (pathname === '/v1/changes') return json({ items: changes, since: 's2', more: false });
      return new Promise<Response>((go) => asked.push({ answer: async (value) => { go(json(value)); await flushPromises(); } }));
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  await rolo.book.load();
  const shown = ref<string | null>(id);
  let now!: ReturnType<typeof useContact>;
  const view = mount({ setup: () => { now = useContact(shown); return () => h('p', now.contact.value ? full(now.contact.value.card) : ''); } }, { global: { plugins: [{ install: (app) => provideRolo(app, rolo) }] } });
  await flushPromises();
  const changed = async (revision: string) => {
    changes = [{ type: 'contact', id: '1', book: 'b', modseq: 6, gone: false, value: { ...line, modseq: 6, revision } }];
    await rolo.book.refresh();
    await flushPromises();
  };
  return { asked, view, shown, now, changed };
}

it('asks again when the contact changed while it was asked for', async () => {
  const { asked, view, now, changed } = await opened('1');
  await changed('r2');
  expect(asked.length).toBe(1);
  await asked[0]!.answer(contact('1', 'r1'));
  expect(asked.length).toBe(2);
  await asked[1]!.answer(contact('1', 'r2'));
  expect([view.text(), now.loading.value, asked.length]).toEqual(['1 r2', false, 2]);
});

it('asks once where the answer had the change already', async () => {
  const { asked, view, changed } = await opened('1');
  await changed('r2');
  await asked[0]!.answer(contact('1', 'r2'));
  expect([view.text(), asked.length]).toEqual(['1 r2', 1]);
});

it('shows nobody else when the page goes on to another before the answer is there', async () => {
  const { asked, view, shown, now } = await opened('1');
  shown.value = '2';
  await flushPromises();
  await asked[0]!.answer(contact('1', 'r1'));
  expect([view.text(), now.loading.value]).toEqual(['', true]);
  await asked[1]!.answer(contact('2', 'r1'));
  expect([view.text(), now.loading.value]).toEqual(['2 r1', false]);
});
