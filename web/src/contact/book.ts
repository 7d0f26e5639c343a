// The book as this browser holds it: frozen summaries in list order, brought by the snapshot and kept up to date by
// changes. Optimistic changes lie on top until the server has answered, and fall off when it refuses.
import { computed, ref, shallowRef, triggerRef } from 'vue';
import type { Api } from '@/api/client';
import { values } from '@/api/ndjson';
import { createPace, type Pace } from '@/api/pace';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Book, Change, Label, SortBy, Summary } from '@/api/types';
import type { Section } from './rows';
import { compare, reordered, sorted, type Step } from './order';

type Overlay = (person: Summary) => Summary | null;
/** The beginning of one list, as the server drew it. */
export interface Glimpse {
  /** The address it belongs to. */
  place: string;
  sections: readonly Section[];
  people: readonly Summary[];
  total: number;
  /** Where its other pages are, for those without scripts. */
  next: string | null;
  first: string | null;
  starred: { path: string; total: number } | null;
}
/** What is known before the whole book is here. */
export interface Begun {
  /** How many contacts there are. */
  total: number | null;
  list: Glimpse | null;
}
export type BookState = 'none' | 'loading' | 'ready' | 'error';

/** Where this device keeps the book, if it may. */
export interface Keeping {
  read(): Promise<{ people: Summary[]; labels: Label[]; books: Book[]; since: string; at: number } | null>;
  touch(ids: Iterable<string> | 'all'): void;
  /** That whose book was opened is still who is signed in. */
  prove(): Promise<void>;
}

interface Line {
  type?: string;
  value?: unknown;
  since?: string;
  total?: number;
}

/** A book of this size is sorted while nobody notices. */
const AT_ONCE = 4000;

function countIn(counts: Map<string, number>, person: Summary | null, by: number) {
  if (person && !person.hidden) for (const label of person.labels) counts.set(label, (counts.get(label) ?? 0) + by);
}

export function createBook(api: Api, accountChanged: () => void = () => {}, keeping?: Keeping, now: () => number = () => 0) {
  let told = new Map<string, Summary>();
  /** Everybody as the list has them. */
  let listed = new Map<string, Summary>();
  const overlays = new Map<number, { ids: ReadonlySet<string>; change: Overlay; guest: Summary | undefined }>();
  let overlayCount = 0;
  let since = '';
  let runs = 0;
  let asking: Promise<void> | null = null;

  const sortBy = ref<SortBy>('given');
  /** The order in which everybody stands, which follows `sortBy`. */
  let order: SortBy = 'given';
  const state = ref<BookState>('none');
  const problem = shallowRef<Refusal | null>(null);
  /** True while changes cannot be fetched: what is shown may be old. */
  const stale = ref(false);
  /** When the server was last heard. */
  const heard = ref(0);
  /** What the first paint brought; gone once the whole book stands. */
  const begun = shallowRef<Begun | null>(null);
  const everyone = shallowRef<readonly Summary[]>([]);
  const labels = shallowRef<ReadonlyMap<string, Label>>(new Map());
  const books = shallowRef<ReadonlyMap<string, Book>>(new Map());

  const people = computed(() => everyone.value.filter((person) => !person.hidden));
  const hidden = computed(() => everyone.value.filter((person) => person.hidden));
  const binned = computed(() => [...books.value.values()].reduce((sum, one) => sum + one.binned, 0));
  /** How many of those listed carry each label; kept along with the list, for counting anew takes a look at everybody. */
  const labelCounts = shallowRef<ReadonlyMap<string, number>>(new Map());

  /** How many are in the list, as far as that is known. */
  const count = computed(() => (state.value === 'ready' ? people.value.length : begun.value?.total ?? 0));

  /** What the first paint brought stands until the whole book does. */
  function begin(first: Begun, someLabels: readonly Label[], someBooks: readonly Book[], by: SortBy) {
    begun.value = first;
    labels.value = new Map(someLabels.map((one) => [one.id, one]));
    books.value = new Map(someBooks.map((one) => [one.id, one]));
    labelCounts.value = new Map(someLabels.map((one) => [one.id, one.contacts]));
    sortBy.value = by;
    order = by;
  }

  /** A person as shown: what the server said, under the changes still on their way. */
  function shown(id: string): Summary | null {
    let person = told.get(id) ?? null;
    for (const { ids, change, guest } of overlays.values()) {
      if (!person && guest?.id === id) person = guest;
      if (person && ids.has(id)) person = change(person);
    }
    return person;
  }

  function show(ids: Iterable<string>) {
    const steps: Step[] = [];
    for (const id of ids) {
      const step = { before: listed.get(id) ?? null, after: shown(id) };
      if (step.before === step.after) continue;
      steps.push(step);
      if (step.after) listed.set(id, step.after);
      else listed.delete(id);
    }
    if (steps.length === 0) return;
    weighLabels(steps);
    everyone.value = reordered(everyone.value, steps, order);
  }

  function weighLabels(steps: readonly Step[]) {
    const counts = new Map(labelCounts.value);
    for (const { before, after } of steps) {
      countIn(counts, before, -1);
      countIn(counts, after, 1);
    }
    labelCounts.value = counts;
  }

  /** Another order. A large book is sorted in pieces, and shown in the old order until then. */
  async function sort(by: SortBy): Promise<void> {
    if (sortBy.value === by) return;
    sortBy.value = by;
    for (;;) {
      const from = everyone.value;
      const list = from.length > AT_ONCE ? await sorted(from, by, createPace()) : [...from].sort(compare(by));
      if (sortBy.value !== by) return;
      // Somebody changed meanwhile: once more.
      if (everyone.value !== from) continue;
      order = by;
      everyone.value = list;
      return;
    }
  }

  /** What changed since `from`, and up to where that goes. */
  async function changesSince(from: string): Promise<{ items: Change[]; upto: string }> {
    const items: Change[] = [];
    let upto = from;
    for (let more = true; more; ) {
      const { data } = await api.answer(api.client.GET('/v1/changes', { params: { query: { since: upto, limit: 1000 } } }));
      items.push(...data.items);
      upto = data.since;
      more = data.more;
    }
    return { items, upto };
  }

  /** The book as this device kept it, if it did. */
  async function open(run: number): Promise<boolean> {
    const kept = await keeping?.read();
    if (!kept || run !== runs) return false;
    // What the server has just drawn is never followed by something older: the kept book catches up before it is shown.
    const news = begun.value ? await catchUp(kept.since) : null;
    if (run !== runs) return false;
    const pace = createPace();
    const counts = new Map<string, number>();
    const byId = <T extends { id: string }>(all: readonly T[]) => new Map(all.map((one) => [one.id, one]));
    const [people, someLabels, someBooks] = [byId(kept.people), byId(kept.labels), byId(kept.books)];
    for (const item of news?.items ?? []) {
      if (item.type === 'contact') putInto(people, item);
      else if (item.type === 'label') putInto(someLabels, item);
      else if (item.type === 'book') putInto(someBooks, item);
    }
    for (const person of people.values()) countIn(counts, person, 1);
    await stand(run, { people, counts, labels: someLabels, books: someBooks, from: news?.upto ?? kept.since, pace });
    if (run !== runs) return false;
    heard.value = news ? now() : kept.at;
    if (news) keeping?.touch(news.items.flatMap((item) => (item.type === 'contact' ? [item.id] : [])));
    if (news?.items.some((item) => item.type === 'contact')) void weigh();
    if (news?.items.some((item) => item.type === 'account')) accountChanged();
    return true;
  }
  /** Nothing where nobody answers: then the kept book is shown as old as it is. */
  async function catchUp(from: string) {
    try {
      await keeping?.prove();
      return await changesSince(from);
    } catch {
      return null;
    }
  }

  /** A whole book takes the place of what was there. Signed out meanwhile: nothing of it stays in the browser. */
  async function stand(run: number, whole: { people: Map<string, Summary>; counts: Map<string, number>; labels: Map<string, Label>; books: Map<string, Book>; from: string; pace: Pace }) {
    let by = sortBy.value;
    let list = await sorted([...whole.people.values()], by, whole.pace);
    while (by !== sortBy.value) list = await sorted(list, (by = sortBy.value), whole.pace);
    if (run !== runs) return;
    told = whole.people;
    listed = new Map(whole.people);
    since = whole.from;
    labels.value = whole.labels;
    books.value = whole.books;
    labelCounts.value = whole.counts;
    order = by;
    everyone.value = list;
    // Changes that are on their way lie on top again.
    show(new Set([...overlays.values()].flatMap(({ ids }) => [...ids])));
    stale.value = false;
    begun.value = null;
    state.value = 'ready';
  }

  async function load(): Promise<void> {
    runs += 1;
    const run = runs;
    state.value = 'loading';
    problem.value = null;
    // Who only waits to be sent may be in the list already: that is no book yet.
    if (since === '' && (await open(run))) return refresh();
    if (run === runs) await fetchAll(run);
  }

  /** All of it, from the server. */
  async function fetchAll(run: number): Promise<void> {
    state.value = 'loading';
    const people = new Map<string, Summary>();
    const counts = new Map<string, number>();
    const pace = createPace();
    const foundLabels = new Map<string, Label>();
    const foundBooks = new Map<string, Book>();
    let from = '';
    let total = -1;
    try {
      await keeping?.prove();
      if (run !== runs) return;
      for await (const line of values(await api.flow('/v1/snapshot', 'application/x-ndjson'))) {
        const { type, value, since: token, total: count } = line as Line;
        if (type === 'contact' && people.size === 0 && state.value === 'loading' && labels.value.size === 0) {
          // Books and labels come first and are few: the drawer need not wait for everybody.
          labels.value = new Map(foundLabels);
          books.value = new Map(foundBooks);
        }
        if (type === 'contact') {
          const person = Object.freeze(value as Summary);
          people.set(person.id, person);
          countIn(counts, person, 1);
        } else if (type === 'label') foundLabels.set((value as Label).id, value as Label);
        else if (type === 'book') foundBooks.set((value as Book).id, value as Book);
        else if (token !== undefined) {
          from = token;
          total = count ?? -1;
        }
        await pace();
      }
      // A connection that breaks in the middle looks like an end: fewer people than promised is no book.
      if (from === '' || people.size < total) throw new Error('the snapshot ended early');
    } catch (error) {
      if (run !== runs) return;
      problem.value = asRefusal(error);
      state.value = since === '' ? 'error' : 'ready';
      stale.value = true;
      return;
    }
    await stand(run, { people, counts, labels: foundLabels, books: foundBooks, from, pace });
    if (run !== runs) return;
    heard.value = now();
    keeping?.touch('all');
  }

  /** Take in what the server tells. Older news than what is known never wins. */
  function take(items: readonly Change[]) {
    const touched = new Set<string>();
    for (const item of items) {
      if (item.type === 'contact') {
        // A star or a hiding is counted by the account, not by the book: only the summary's own number tells which is newer.
        const news = (item.value as Summary | null)?.modseq ?? item.modseq;
        if ((told.get(item.id)?.modseq ?? -1) > news) continue;
        putInto(told, item);
        touched.add(item.id);
      } else if (item.type === 'label') {
        takeInto(labels, item);
      } else if (item.type === 'book') {
        takeInto(books, item);
      }
    }
    show(touched);
    keeping?.touch(touched);
  }

  function takeInto<T>(where: { value: ReadonlyMap<string, T> }, item: Change) {
    const next = new Map(where.value);
    putInto(next, item);
    where.value = next;
  }
  function putInto<T>(all: Map<string, T>, item: Change) {
    if (item.gone || !item.value) all.delete(item.id);
    else all.set(item.id, Object.freeze(item.value as T));
  }

  async function ask(): Promise<void> {
    if (state.value !== 'ready') return;
    try {
      const run = runs;
      await keeping?.prove();
      if (run !== runs) return;
      const { items, upto } = await changesSince(since);
      if (run !== runs) return;
      // Together with what it covers: the token must never be ahead of the book.
      since = upto;
      heard.value = now();
      take(items);
      stale.value = false;
      if (items.some((item) => item.type === 'contact')) void weigh();
      if (items.some((item) => item.type === 'account')) accountChanged();
    } catch (error) {
      const refusal = asRefusal(error);
      // 410: too long away, or the book was restored from a backup. Its story starts anew.
      if (refusal.status === 410) {
        runs += 1;
        return fetchAll(runs);
      }
      stale.value = true;
    }
  }

  /** Fetch what changed. Calls that come while one is under way wait for the next, so that own writes are always seen. */
  async function refresh(): Promise<void> {
    while (asking) await asking;
    asking = ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  /** Lays a change over some people until it is lifted again; `guest` is somebody the server does not know yet. */
  function lay(whom: readonly string[], change: Overlay, guest?: Summary): () => void {
    overlayCount += 1;
    const key = overlayCount;
    const ids = new Set(whom);
    overlays.set(key, { ids, change, guest });
    show(ids);
    return () => {
      overlays.delete(key);
      show(ids);
    };
  }

  /** Show a change at once, do it, and take it back when it is refused. The refusal is thrown on. */
  async function optimistic<T>(whom: string | readonly string[], change: Overlay, act: () => Promise<T>): Promise<T> {
    const lift = lay(typeof whom === 'string' ? [whom] : whom, change);
    try {
      return await act();
    } finally {
      // Also after a refusal: part of it may have been done, and only the server knows which. Where nobody answers, nobody waits.
      if (stale.value) void refresh();
      else await refresh();
      lift();
    }
  }

  /** How full the books and their bins are: counts are kept by the server and are not among the changes. */
  async function weigh(): Promise<void> {
    try {
      const { data } = await api.answer(api.client.GET('/v1/books'));
      if (state.value !== 'ready') return;
      books.value = new Map(data.items.map((one) => [one.id, one]));
      keeping?.touch([]);
    } catch {
      // The counts shown stay until the next change.
    }
  }

  /** A person by id. Whoever asks within a computed value is told when the book changes. */
  function find(id: string): Summary | undefined {
    void everyone.value;
    return shown(id) ?? begun.value?.list?.people.find((person) => person.id === id);
  }

  /** Whether the server still has somebody, also while a change on its way hides them: it may be refused. */
  function knows(id: string): boolean {
    return told.has(id);
  }

  /** Sign-out: nothing of the book stays in the browser. */
  function forget() {
    runs += 1;
    told.clear();
    listed.clear();
    overlays.clear();
    labelCounts.value = new Map();
    since = '';
    labels.value = new Map();
    books.value = new Map();
    everyone.value = [];
    begun.value = null;
    triggerRef(everyone);
    state.value = 'none';
  }

  return {
    state, problem, stale, heard, sortBy, begun, count, begin, everyone, people, hidden, binned, labels, books, labelCounts,
    /** Up to where the server has been heard. */
    upto: () => since,
    /** The server's word on all of it, without the changes that are on their way. */
    whole: () => ({ people: told, labels: labels.value, books: books.value, since, at: heard.value }),
    load, refresh, take, weigh, optimistic, lay, sort, find, knows, forget,
  };
}

export type BookStore = ReturnType<typeof createBook>;
