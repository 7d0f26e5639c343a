import { expect, it } from 'vitest';
import { person } from '@/contact/people.fixture';
import { createRolo } from '@/rolo';
import { again } from './again';

const account = { id: 'a', name: 'Noor', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'Oke' }, settings: {} };
const ann = person({ id: '1', name: 'Ann' });

/** A browser whose network is there or not. */
function browser() {
  const network = { there: false };
  const asked: string[] = [];
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (!network.there) throw new TypeError('Failed to fetch');
      if (pathname === '/v1/account') return Response.json(account);
      if (pathname !== '/v1/snapshot') return Response.json({ items: [], since: '2', more: false });
      return new Response([{ since: '1', total: 1 }, { type: 'contact', value: ann }].map((line) => JSON.stringify(line)).join('\n'));
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  return { network, asked, ...rolo };
}

it('whoever opened a page without network is known and has their book when it is back', async () => {
  const { network, session, book } = browser();
  await session.load();
  await again(session, book);
  expect([session.state.value, book.state.value]).toEqual(['unknown', 'none']);
  network.there = true;
  await again(session, book);
  expect([session.state.value, book.state.value]).toEqual(['in', 'ready']);
  expect(book.people.value.map((one) => one.name)).toEqual(['Ann']);
});
it('a book that did not come is asked for, one that stands is asked what changed', async () => {
  const { network, asked, session, book } = browser();
  network.there = true;
  await session.load();
  network.there = false;
  await book.load();
  expect(book.state.value).toBe('error');
  network.there = true;
  await again(session, book);
  expect(book.state.value).toBe('ready');
  asked.length = 0;
  await again(session, book);
  expect(asked).toEqual(['/v1/changes']);
});
