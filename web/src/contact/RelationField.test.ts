// Somebody is looked for before a full book was made ready for searching.
import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { createRolo, provideRolo } from '@/rolo';
import { folded } from '@/search';
import { person } from './people.fixture';
import RelationField from './RelationField.vue';

it('offers people as soon as the book is ready to be searched', async () => {
  const people = Array.from({ length: 2500 }, (_, n) => person({ id: `p${n}`, name: n === 2400 ? 'Mateo Reyes' : `Ann ${n}`, sort: { given: String(n).padStart(5, '0'), family: '', company: '' } }));
  const rolo = createRolo({
    fetch: async (request) => {
      if (!request.url.endsWith('/v1/snapshot')) return Response.json({ items: [] });
      return new Response([{ since: '1', total: people.length }, ...people.map((value) => ({ type: 'contact', value }))].map((line) => JSON.stringify(line)).join('\n'));
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  await rolo.book.load();
  const view = mount(RelationField, { props: { name: 'Person', self: null, modelValue: { key: 'r', value: '', link: null, label: '' } as never }, global: { plugins: [{ install: (app) => provideRolo(app, rolo) }] } });
  await view.get('input').setValue('Mateo');
  const offered = () => view.findAll('[role="option"]').map((one) => one.text());
  expect(offered()).not.toContain('Mateo Reyes');
  rolo.book.people.value.forEach(folded);
  rolo.readied.value += 1;
  await flushPromises();
  expect(offered()).toContain('Mateo Reyes');
});
