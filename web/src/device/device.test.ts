import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { h, ref } from 'vue';
import { person } from '@/contact/people.fixture';
import { useContact } from '@/contact/useContact';
import { createRolo, provideRolo } from '@/rolo';
import type { Home } from '.';
import { newcomer } from './sketch';
import { memoryStore } from './store.fixture';

const settled = async () => {
  for (let round = 0; round < 30; round += 1) await new Promise((go) => setTimeout(go, 0));
};
const ann = person({ id: '1', name: 'Ann', modseq: 5 });

/** A server that can be away, and whoever is signed in to it. */
function server() {
  const all = new Map([ann, person({ id: '2', name: 'Bea', modseq: 6 })].map((one) => [one.id, one]));
  const news: string[] = [];
  const asked: string[] = [];
  const is = { away: false, account: 'a' as string | null, refuses: null as null | { status: number; detail: string } };
  const fetch = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    if (is.away) throw new TypeError('no network');
    if (!is.account) return new Response(null, { status: 401 });
    if (pathname === '/v1/account') return Response.json({ id: is.account, name: 'N', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'O' }, settings: {} });
    if (pathname === '/v1/snapshot') return new Response([{ since: String(news.length), total: all.size }, ...[...all.values()].map((value) => ({ type: 'contact', value }))].map((line) => JSON.stringify(line)).join('\n'));
    if (pathname === '/v1/changes') {
      const ids = news.slice(Number(searchParams.get('since')));
      return Response.json({ items: ids.map((id) => ({ type: 'contact', id, book: 'b', modseq: all.get(id)?.modseq ?? 99, gone: !all.has(id), value: all.get(id) ?? null })), since: String(news.length), more: false });
    }
    if (pathname.endsWith('/star')) {
      if (is.refuses) return Response.json(is.refuses, { status: is.refuses.status });
      const id = pathname.split('/')[3]!;
      all.set(id, { ...all.get(id)!, starred: true, modseq: 50 });
      news.push(id);
      return new Response(null, { status: 204 });
    }
    return Response.json({ items: [] });
  };
  return { is, all, news, asked, fetch };
}
function browser() {
  const store = memoryStore();
  let keeps = true;
  let keys = 0;
  const turns = new Map<string, Promise<unknown>>();
  const home = (): Home => ({
    store,
    locks: {
      request: (name, _options, held) => {
        const turn = (turns.get(name) ?? Promise.resolve()).then(held);
        turns.set(name, turn.catch(() => {}));
        return turn;
      },
    },
    choice: { keeps: () => keeps, choose: (keep) => (keeps = keep) },
    later: (act, ms) => {
      if (ms > 1000) return () => {};
      const timer = setTimeout(act, 0);
      return () => clearTimeout(timer);
    },
    drafts: { kept: localStorage, passing: sessionStorage }, key: () => `key-${(keys += 1)}`, app: { forget: async () => {} },
  });
  /** A window of its own: each has its own locks here, as if the one before were closed. */
  async function begun(fetch: (request: Request) => Promise<Response>) {
    turns.clear();
    const rolo = createRolo({ fetch, origin: 'http://rolo.test', now: () => 1000, shift: () => 0, home: home() });
    rolo.device.start();
    await rolo.session.load();
    return rolo;
  }
  async function open(fetch: (request: Request) => Promise<Response>) {
    const rolo = await begun(fetch);
    if (rolo.session.state.value === 'in') await rolo.book.load();
    await settled();
    return rolo;
  }
  return { store, begun, open };
}
type Rolo = Awaited<ReturnType<ReturnType<typeof browser>['open']>>;
const star = (rolo: Rolo, id: string) => rolo.outbox.act({ what: 'star', name: id, contacts: [id], shown: { set: { starred: true } }, call: { method: 'PUT', path: `/v1/contacts/${id}/star` } });
const names = (rolo: Rolo) => rolo.book.people.value.map((one) => one.name);

it('a kept book opens without a word from the server, and with one is only brought up to date', async () => {
  const { is, all, news, asked, fetch } = server();
  const { open } = browser();
  await open(fetch);
  all.set('2', { ...all.get('2')!, name: 'Beatrix', modseq: 60 });
  news.push('2');
  asked.length = 0;
  const again = await open(fetch);
  expect(names(again)).toEqual(['Ann', 'Beatrix']);
  expect(asked).not.toContain('GET /v1/snapshot');
  is.away = true;
  const offline = await open(fetch);
  expect([names(offline), offline.session.state.value, offline.book.stale.value, offline.book.heard.value]).toEqual([['Ann', 'Beatrix'], 'in', true, 1000]);
});

it('a token the server refuses brings the whole book anew', async () => {
  const { is, all, asked, fetch } = server();
  const { open } = browser();
  await open(fetch);
  all.delete('2');
  const cut = async (request: Request) => (request.url.includes('/v1/changes') ? Response.json({ status: 410 }, { status: 410 }) : fetch(request));
  asked.length = 0;
  expect(names(await open(cut))).toEqual(['Ann']);
  expect(asked).toContain('GET /v1/snapshot');
  is.away = true;
  expect(names(await open(fetch))).toEqual(['Ann']);
});

it('what is done without network waits, shows, outlives the window, and is sent with its key once the server answers', async () => {
  const { is, all, fetch } = server();
  const { store, open } = browser();
  const keys: (string | null)[] = [];
  const heard = (request: Request) => {
    if (request.method === 'PUT') keys.push(request.headers.get('idempotency-key'));
    return fetch(request);
  };
  const first = await open(heard);
  is.away = true;
  expect((await star(first, '1')).done).toBe(false);
  expect([first.book.find('1')?.starred, first.outbox.states.value.get('1'), store.count('waiting')]).toEqual([true, 'waiting', 1]);
  const second = await open(heard);
  expect([second.book.find('1')?.starred, second.outbox.waiting.value.length]).toEqual([true, 1]);
  is.away = false;
  await second.book.refresh();
  await settled();
  expect([all.get('1')?.starred, store.count('waiting'), second.book.find('1')?.modseq, second.outbox.waiting.value]).toEqual([true, 0, 50, []]);
  expect(new Set(keys).size).toBe(1);
  expect(second.toasts.current.value?.text).toBe('The change that waited is sent');
});

it('news of the server lie under what waits, and a refusal takes it off again and is kept with its reason', async () => {
  const { is, all, news, fetch } = server();
  const { open } = browser();
  const rolo = await open(fetch);
  is.away = true;
  await star(rolo, '1');
  is.refuses = { status: 403, detail: 'You only see this book.' };
  all.set('1', { ...ann, name: 'Anna', modseq: 70 });
  news.push('1');
  rolo.book.take([{ type: 'contact', id: '1', book: 'b', modseq: 70, gone: false, value: all.get('1')! }]);
  expect(rolo.book.find('1')).toMatchObject({ name: 'Anna', starred: true });
  is.away = false;
  await rolo.book.refresh();
  await settled();
  expect(rolo.book.find('1')).toMatchObject({ name: 'Anna', starred: false });
  expect(rolo.outbox.waiting.value).toMatchObject([{ state: 'refused', why: 'You only see this book.' }]);
  expect(rolo.toasts.current.value).toMatchObject({ bad: true });
});

it('Undo takes back what has not been sent', async () => {
  const { is, all, fetch } = server();
  const { store, open } = browser();
  const rolo = await open(fetch);
  is.away = true;
  const posted = await star(rolo, '1');
  if (posted.done) throw new Error('it was sent');
  expect(await rolo.outbox.takeBack(posted.waiting.key)).toBe(true);
  expect([rolo.book.find('1')?.starred, store.count('waiting')]).toEqual([false, 0]);
  is.away = false;
  await rolo.book.refresh();
  await settled();
  expect(all.get('1')?.starred).toBe(false);
});

it('the end of the session takes the book; what waits stays for its owner and goes with another account', async () => {
  const { is, fetch } = server();
  const { store, open } = browser();
  const rolo = await open(fetch);
  is.away = true;
  await star(rolo, '1');
  Object.assign(is, { away: false, account: null });
  await open(fetch);
  expect([store.count('chunk'), store.count('contact'), store.count('waiting')]).toEqual([0, 0, 1]);
  is.account = 'b';
  const other = await open(fetch);
  expect([other.outbox.waiting.value.length, store.count('waiting')]).toEqual([0, 0]);
});

it('somebody else turns out to be signed in: nothing of the one before is shown, mixed in or sent in their name', async () => {
  const { is, all, asked, fetch } = server();
  const { store, open } = browser();
  await open(fetch);
  is.away = true;
  const rolo = await open(fetch);
  await star(rolo, '1');
  Object.assign(is, { away: false, account: 'b' });
  all.clear();
  asked.length = 0;
  await rolo.book.refresh();
  await settled();
  expect([rolo.session.account.value?.id, names(rolo), rolo.outbox.waiting.value, store.count('waiting')]).toEqual(['b', [], [], 0]);
  expect(asked.filter((one) => one.startsWith('PUT'))).toEqual([]);
});

it('where nothing is to be stored nothing is, and choosing so takes away what there was (with a control)', async () => {
  const { fetch } = server();
  const { store, open } = browser();
  const rolo = await open(fetch);
  expect([store.count('chunk'), store.count('state')]).toEqual([1, 2]);
  await rolo.device.choose(false);
  await settled();
  await rolo.book.refresh();
  await open(fetch);
  expect(await store.exists()).toBe(false);
});

it('who was made here without network is known as soon as a page asks for them', async () => {
  const { is, fetch } = server();
  const { begun, open } = browser();
  const online = await open(fetch);
  is.away = true;
  await online.book.refresh();
  const cy = newcomer('here', { name: { full: 'Cy' } }, { name: 'Cy' }, 'b', '2026-11-22T12:00:00Z');
  await online.outbox.act({ what: 'create', name: 'Cy', shown: {}, call: { method: 'POST', path: '/v1/contacts', body: {} }, ...cy });
  const anew = await begun(fetch);
  await anew.outbox.standing();
  expect(anew.outbox.made('here')?.card).toEqual({ name: { full: 'Cy' } });
  expect(anew.outbox.states.value.get('here')).toBe('waiting');
});

it('a contact that is opened without network before the kept book stands is shown once it does', async () => {
  const { is, fetch } = server();
  const { begun, open } = browser();
  await open(fetch);
  is.away = true;
  const anew = await begun(fetch);
  let page!: ReturnType<typeof useContact>;
  const view = mount({ setup: () => { page = useContact(ref('1')); return () => h('p'); } }, { global: { plugins: [{ install: (app) => provideRolo(app, anew) }] } });
  await settled();
  expect([page.contact.value, page.problem.value?.unreachable]).toEqual([null, true]);
  await anew.book.load();
  await settled();
  expect([page.contact.value?.card['name'], page.from.value, page.problem.value]).toEqual([{ full: 'Ann' }, 'list', null]);
  view.unmount();
});
