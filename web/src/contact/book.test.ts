import { beforeEach, describe, expect, it, vi } from 'vitest';
import { computed, watch } from 'vue';
import { createApi } from '@/api/client';
import type { Change, Summary } from '@/api/types';
import { createBook } from './book';
import { person } from './people.fixture';

type Answer = (request: Request) => Response | Promise<Response>;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' } });
const change = (value: Summary, more: Partial<Change> = {}): Change => ({ type: 'contact', id: value.id, book: 'b', modseq: value.modseq, gone: false, value, ...more });

let answers: Record<string, Answer>;
let asked: string[];
function make() {
  const api = createApi(async (request) => {
    const url = new URL(request.url);
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const answer = answers[`${request.method} ${url.pathname}`];
    if (!answer) throw new TypeError('refused to connect');
    return answer(request);
  }, 'http://rolo.test');
  return { api, book: createBook(api) };
}
/** A book whose device kept `people`, as of `since`. */
function kept(people: Summary[], since: string) {
  const { api } = make();
  const keeping = { read: async () => ({ people, labels: [], books: [], since, at: 0 }), touch: () => {}, prove: async () => {} };
  return createBook(api, () => {}, keeping);
}
function snapshot(people: Summary[], total = people.length): Response {
  const lines = [{ since: 's1', total }, { type: 'book', value: { id: 'b', name: 'Personal' } }, { type: 'label', value: { id: 'l', book: 'b', name: 'Family' } }, ...people.map((value) => ({ type: 'contact', value }))];
  return new Response(lines.map((line) => JSON.stringify(line)).join('\n'));
}
const ann = person({ id: '1', name: 'Ann', modseq: 5, labels: ['l'] });
const bea = person({ id: '2', name: 'Bea', modseq: 6 });
const cy = person({ id: '3', name: 'Cy', modseq: 7 });
const names = (book: ReturnType<typeof make>['book']) => book.people.value.map((one) => one.name);

beforeEach(() => {
  asked = [];
  answers = {
    'GET /v1/snapshot': () => snapshot([cy, ann, bea]),
    'GET /v1/changes': () => json({ items: [], since: 's1', more: false }),
  };
});

describe('the book', () => {
  it('comes with the snapshot, in the order of its keys, frozen', async () => {
    const { book } = make();
    await book.load();
    expect(book.state.value).toBe('ready');
    expect(names(book)).toEqual(['Ann', 'Bea', 'Cy']);
    expect(Object.isFrozen(book.people.value[0])).toBe(true);
    expect(book.labelCounts.value.get('l')).toBe(1);
    expect(book.books.value.get('b')?.name).toBe('Personal');
  });

  it('is no book when the snapshot breaks off, and says what the server says', async () => {
    answers['GET /v1/snapshot'] = () => snapshot([ann], 3);
    const { book } = make();
    await book.load();
    expect(book.state.value).toBe('error');
    expect(names(book)).toEqual([]);
    answers['GET /v1/snapshot'] = () => json({ type: 'about:blank', title: 'Unavailable', status: 503, detail: 'The database is not answering.' }, 503);
    await book.load();
    expect(book.problem.value?.detail).toBe('The database is not answering.');
  });

  it('follows changes page by page: new, changed, gone', async () => {
    const { book } = make();
    await book.load();
    const pages = [
      { items: [change(person({ id: '4', name: 'Abe', modseq: 8 }))], since: 's2', more: true },
      { items: [change({ ...bea, name: 'Zed', sort: { given: 'zz', family: '', company: '' }, modseq: 9 }), change(cy, { gone: true, value: null, modseq: 10 })], since: 's3', more: false },
    ];
    answers['GET /v1/changes'] = () => json(pages.shift());
    await book.refresh();
    expect(names(book)).toEqual(['Abe', 'Ann', 'Zed']);
    expect(asked.filter((one) => one.includes('changes'))).toEqual(['GET /v1/changes?since=s1&limit=1000', 'GET /v1/changes?since=s2&limit=1000']);
  });

  it('never lets older news win', async () => {
    const { book } = make();
    await book.load();
    book.take([change({ ...ann, name: 'Newer', modseq: 20 })]);
    book.take([change({ ...ann, name: 'Older', modseq: 11 })]);
    expect(names(book)).toContain('Newer');
  });

  it('takes in a star, which the account counts and not the book', async () => {
    const { book } = make();
    await book.load();
    book.take([change({ ...cy, starred: true, hidden: true }, { modseq: 2 })]);
    expect(book.find('3')).toMatchObject({ starred: true, hidden: true });
  });

  it('starts anew when its story was cut', async () => {
    const { book } = make();
    await book.load();
    answers['GET /v1/changes'] = () => json({ type: 'about:blank', title: 'Gone', status: 410 }, 410);
    answers['GET /v1/snapshot'] = () => snapshot([bea]);
    await book.refresh();
    expect(names(book)).toEqual(['Bea']);
  });

  it('opens what the device kept also when somebody who waits to be sent is in the list before', async () => {
    delete answers['GET /v1/changes'];
    delete answers['GET /v1/snapshot'];
    const book = kept([ann, bea], 's0');
    const guest = person({ id: 'new', name: 'Zed' });
    const lift = book.lay(['new'], (one) => one, guest);
    await book.load();
    expect([names(book), book.upto(), book.state.value, book.stale.value]).toEqual([['Ann', 'Bea', 'Zed'], 's0', 'ready', true]);
    answers['GET /v1/changes'] = () => json({ items: [change(cy)], since: 's1', more: false });
    await book.refresh();
    lift();
    expect([names(book), book.stale.value]).toEqual([['Ann', 'Bea', 'Cy'], false]);
    expect(asked.filter((one) => one.includes('changes'))).toEqual(['GET /v1/changes?since=s0&limit=1000', 'GET /v1/changes?since=s0&limit=1000']);

    // Where nothing is kept, one who waits is no book: what is shown says that it could not be opened.
    const { book: nothing } = make();
    nothing.lay(['new'], (one) => one, guest);
    await nothing.load();
    expect(nothing.state.value).toBe('error');
  });

  it('never follows what the server drew with something older from the device', async () => {
    const book = kept([ann, bea], 's0');
    answers['GET /v1/changes'] = (request) => json({ items: request.url.includes('since=s0') ? [change(cy), change(bea, { gone: true, value: null })] : [], since: 's1', more: false });
    const seen: string[][] = [];
    watch(book.people, () => seen.push(names(book)), { flush: 'sync' });
    book.begin({ total: 2, list: null }, [], [], 'given');
    await book.load();
    expect(seen[0]).toEqual(['Ann', 'Cy']);
    expect(book.count.value).toBe(2);
    // Where nobody answers, or nothing was drawn, what was kept is shown at once.
    for (const [drawn, away] of [[false, false], [true, true]]) {
      const book = kept([ann, bea], 's0');
      if (away) delete answers['GET /v1/changes'];
      if (drawn) book.begin({ total: 2, list: null }, [], [], 'given');
      const first = vi.fn();
      watch(book.people, () => first(names(book)), { flush: 'sync' });
      await book.load();
      expect(first.mock.calls[0]).toEqual([['Ann', 'Bea']]);
      expect(book.stale.value).toBe(away);
    }
  });

  it('stays readable, and says it may be old, while nobody answers', async () => {
    const { book } = make();
    await book.load();
    delete answers['GET /v1/changes'];
    await book.refresh();
    expect(book.stale.value).toBe(true);
    expect(names(book)).toEqual(['Ann', 'Bea', 'Cy']);
  });

  it('sorts a thousand changes as it sorts one', async () => {
    const { book } = make();
    await book.load();
    const crowd = Array.from({ length: 1000 }, (_, n) => person({ id: `c${n}`, name: `B${String(n).padStart(4, '0')}`, modseq: 100 + n }));
    book.take(crowd.map((one) => change(one)));
    expect(names(book)[0]).toBe('Ann');
    expect(names(book)).toEqual([...names(book)].sort());
    expect(names(book)).toHaveLength(1003);
  });

  it('stands after any changes, in whatever pieces they came, as if it were loaded anew', async () => {
    const { book } = make();
    await book.load();
    const now = new Map([ann, bea, cy].map((one) => [one.id, one]));
    let seed = 7;
    const roll = (sides: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % sides;
    for (let step = 1; step <= 60; step += 1) {
      const items: Change[] = [];
      for (let n = roll(step % 10 === 0 ? 90 : 6); n >= 0; n -= 1) {
        const value = person({ id: `${roll(40)}`, name: `${String.fromCharCode(65 + roll(26))}${roll(9)}`, labels: roll(2) ? ['l'] : [], hidden: roll(5) === 0, modseq: 100 + step * 100 + n });
        const gone = roll(4) === 0;
        if ((now.get(value.id)?.modseq ?? -1) > value.modseq) continue;
        if (gone) now.delete(value.id);
        else now.set(value.id, value);
        items.push(gone ? change(value, { gone: true, value: null }) : change(value));
      }
      book.take(items);
      const wanted = [...now.values()].sort((one, other) => (one.sort.given + one.id < other.sort.given + other.id ? -1 : 1));
      expect(book.everyone.value.map((one) => [one.name, one.id]), `step ${step}`).toEqual(wanted.map((one) => [one.name, one.id]));
      expect(book.labelCounts.value.get('l') ?? 0).toBe(wanted.filter((one) => !one.hidden && one.labels.includes('l')).length);
    }
  });

  it('sorts by another key, and puts those without one last', async () => {
    answers['GET /v1/snapshot'] = () => snapshot([{ ...ann, sort: { given: 'a', family: '', company: '' } }, { ...bea, sort: { given: 'b', family: 'x', company: '' } }, { ...cy, sort: { given: 'c', family: 'm', company: '' } }]);
    const { book } = make();
    await book.load();
    book.sort('family');
    expect(names(book)).toEqual(['Cy', 'Bea', 'Ann']);
  });
});

describe('an optimistic change', () => {
  it('shows at once and stays when accepted', async () => {
    const { book } = make();
    await book.load();
    let go = () => {};
    const act = new Promise<string>((resolve) => { go = () => resolve('done'); });
    const pending = book.optimistic('1', (one) => ({ ...one, starred: true }), () => act);
    expect(book.find('1')?.starred).toBe(true);
    answers['GET /v1/changes'] = () => json({ items: [change({ ...ann, starred: true, modseq: 30 })], since: 's2', more: false });
    go();
    expect(await pending).toBe('done');
    expect(book.find('1')?.starred).toBe(true);
    expect(book.find('1')?.modseq).toBe(30);
  });

  it('falls off when refused, under a change that came meanwhile', async () => {
    const { book } = make();
    await book.load();
    let refuse = () => {};
    const act = new Promise<never>((_, reject) => { refuse = () => reject(new Error('412')); });
    const pending = book.optimistic('1', () => null, () => act);
    expect(names(book)).toEqual(['Bea', 'Cy']);
    book.take([change({ ...ann, name: 'Annika', modseq: 40 })]);
    expect(names(book)).toEqual(['Bea', 'Cy']);
    refuse();
    await expect(pending).rejects.toThrow('412');
    expect(names(book)).toEqual(['Annika', 'Bea', 'Cy']);
  });

  it('is seen by a page that looks at one person only', async () => {
    const { book } = make();
    await book.load();
    const name = computed(() => book.find('1')?.name);
    expect(name.value).toBe('Ann');
    book.take([change({ ...ann, name: 'Anna', modseq: 50 })]);
    expect(name.value).toBe('Anna');
    void book.optimistic('1', (one) => ({ ...one, name: 'Annabel' }), () => new Promise<void>(() => {}));
    expect(name.value).toBe('Annabel');
  });

  it('leaves another one on top of it standing', async () => {
    const { book } = make();
    await book.load();
    let refuse = () => {};
    const first = book.optimistic('1', (one) => ({ ...one, name: 'X' }), () => new Promise<never>((_, reject) => { refuse = () => reject(new Error('no')); }));
    void book.optimistic('1', (one) => ({ ...one, starred: true }), () => new Promise<void>(() => {}));
    refuse();
    await expect(first).rejects.toThrow('no');
    expect(book.find('1')).toMatchObject({ name: 'Ann', starred: true });
  });
});
