import { expect, it } from 'vitest';
import { person } from '@/contact/people.fixture';
import { createRolo } from '@/rolo';
import { newsOf, type Tabs } from './tabs';

/** Channels of one name, as a browser joins them: a message goes to all others. */
function browser() {
  const heard: ((event: { data: unknown }) => void)[][] = [];
  return (): Tabs => {
    const own: ((event: { data: unknown }) => void)[] = [];
    heard.push(own);
    return {
      postMessage: (data) => heard.filter((others) => others !== own).flat().forEach((listener) => listener({ data })),
      addEventListener: (_type, listener) => own.push(listener),
    };
  };
}

const ann = person({ id: '1', name: 'Ann', modseq: 5 });
const settled = () => new Promise((go) => setTimeout(go, 0));

function server() {
  let account: string | null = 'a';
  let now = ann;
  return {
    signOut: () => { account = null; },
    fetch: async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (!account) return new Response(null, { status: 401 });
      if (pathname === '/v1/account') return Response.json({ id: account, name: 'N', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'O' }, settings: {} });
      if (pathname === '/v1/snapshot') return new Response([{ since: '1', total: 1 }, { type: 'contact', value: now }].map((line) => JSON.stringify(line)).join('\n'));
      if (pathname.endsWith('/star')) {
        now = { ...now, starred: true, modseq: 6 };
        return new Response(null, { status: 204 });
      }
      if (pathname === '/v1/changes') return Response.json({ items: now === ann ? [] : [{ type: 'contact', id: '1', book: 'b', modseq: 6, gone: false, value: now }], since: '2', more: false });
      if (pathname.startsWith('/v1/sessions')) {
        account = null;
        return new Response(null, { status: 204 });
      }
      return Response.json({ items: [] });
    },
  };
}

async function tab(fetch: (request: Request) => Promise<Response>, tabs: Tabs) {
  const rolo = createRolo({ fetch, origin: 'http://rolo.test', now: () => 0, shift: () => 0, tabs });
  await rolo.session.load();
  await rolo.book.load();
  return rolo;
}

it('a star given in one tab shines in the other', async () => {
  const { fetch } = server();
  const join = browser();
  const [one, other] = [await tab(fetch, join()), await tab(fetch, join())];
  expect(other.book.find('1')?.starred).toBe(false);
  await one.api.answer(one.api.client.PUT('/v1/contacts/{id}/star', { params: { path: { id: '1' } } }));
  await settled();
  await settled();
  expect(other.book.find('1')?.starred).toBe(true);
});

it('signing out in one tab empties the other', async () => {
  const { fetch } = server();
  const join = browser();
  const [one, other] = [await tab(fetch, join()), await tab(fetch, join())];
  await one.session.signOut();
  await settled();
  await settled();
  expect(other.session.state.value).not.toBe('in');
  expect(other.book.everyone.value).toEqual([]);
});

it('reading is no news, a write is, the door is told apart', () => {
  expect([newsOf('GET', '/v1/contacts'), newsOf('PATCH', '/v1/contacts/x'), newsOf('DELETE', '/v1/sessions/current'), newsOf('POST', '/v1/sessions'), newsOf('DELETE', '/v1/sessions/0198')])
    .toEqual([null, 'changed', 'door', 'door', 'changed']);
});
