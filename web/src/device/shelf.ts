// The book on this device: read at the start, before the server has said a word, and kept up to date behind it. One tab of
// a browser keeps it; the others only read. What lies here is never newer than its token says, so that asking for changes
// from there on always leads to the present.
import type { Locks } from '@/account/live';
import { createPace } from '@/api/pace';
import type { Book, Contact, Label, Summary } from '@/api/types';
import { chunked, chunkOf, chunksFor, isCrowded } from './chunks';
import type { Put, Store } from './store';

/** The book as it was when the server was last heard. */
export interface Kept {
  people: Summary[];
  labels: Label[];
  books: Book[];
  since: string;
  at: number;
}
/** The book as this tab has it now. */
export interface Whole {
  people: ReadonlyMap<string, Summary>;
  labels: ReadonlyMap<string, Label>;
  books: ReadonlyMap<string, Book>;
  since: string;
  at: number;
}
interface State {
  account: string;
  since: string;
  at: number;
  chunks: number;
  count: number;
  labels: Label[];
  books: Book[];
}

const GATHER_MS = 150;
/** When the server was last heard is written down no more often than this while nothing else changes. */
const HEARD_MS = 60_000;
const CARDS_MOST = 500;
const CARD_LETTERS_MOST = 1_000_000;

/** `whose`: the account whose book may be kept now; nothing: none. */
export function createShelf(store: Store, locks: Locks, later: (act: () => void, ms: number) => () => void, whose: () => string | null) {
  let whole: (() => Whole) | null = null;
  let early: Promise<unknown[]> | null = null;
  let keeping: AbortController | null = null;
  let mine = false;
  /** Up to where the book went that this tab read at its start: who changed since then is among `touched`. */
  let begun: string | null = null;
  /** What lies on the disk, as this tab put it there, and who is in which chunk of it. */
  let disk: State | null = null;
  let members: Set<string>[] = [];
  const touched = new Set<string>();
  let all = false;
  let timer: (() => void) | null = null;
  let turn: Promise<void> = Promise.resolve();

  const look = () => store.look([{ place: 'state', key: 'book' }, { place: 'chunk' }]);
  /** Begins to read while the server is still asked who is there. */
  function start() {
    early ??= look();
    early.catch(() => {});
  }

  async function read(): Promise<Kept | null> {
    if (!whose()) return null;
    const asked = early ?? look();
    early = null;
    try {
      const [state, chunks] = (await asked) as [State | undefined, string[]];
      if (!state || state.account !== whose()) return null;
      const people: Summary[] = [];
      const pace = createPace();
      for (const chunk of chunks) {
        for (const person of JSON.parse(chunk) as Summary[]) people.push(Object.freeze(person));
        await pace();
      }
      const { labels, books, since, at } = state;
      if (people.length !== state.count) return null;
      begun = since;
      return { people, labels, books, since, at };
    } catch {
      // A store that does not open is no store: the server has the book.
      return null;
    }
  }

  /** Who changed; `all`: the book came anew; nobody: the server was heard. */
  function touch(ids: Iterable<string> | 'all') {
    if (ids === 'all') {
      all = true;
      begun = null;
    } else for (const id of ids) touched.add(id);
    plan();
  }
  function plan() {
    if (!mine) return;
    timer ??= later(() => {
      timer = null;
      turn = turn.then(flush).catch(() => {
        // Full, or gone: what is on the disk stays true for its own token.
        disk = null;
      });
    }, GATHER_MS);
  }

  async function flush(): Promise<void> {
    const account = whose();
    if (!mine || !account || !whole || whole().since === '') return;
    if (!disk && !all) {
      const [state] = (await store.look([{ place: 'state', key: 'book' }])) as [State | undefined];
      const now = whole();
      if (state?.account === account && (state.since === begun || (state.since === now.since && state.count === now.people.size))) disk = state;
    }
    const now = whole();
    const some = disk !== null && !all && !isCrowded(now.people.size, disk.chunks);
    if (some && touched.size === 0 && now.since === disk!.since && now.at - disk!.at < HEARD_MS) return;
    const chunks = some ? disk!.chunks : chunksFor(now.people.size);
    const state: State = { account, since: now.since, at: now.at, chunks, count: now.people.size, labels: [...now.labels.values()], books: [...now.books.values()] };
    const ids = [...touched];
    touched.clear();
    all = false;
    const puts = some ? rewritten(now, chunks, ids) : await written(now, chunks);
    // Signed out, or forbidden, meanwhile.
    if (whose() !== account) return;
    await store.write([{ place: 'state', key: 'book', value: state }, ...puts], some ? {} : { clear: ['chunk'] });
    disk = state;
  }

  /** Every chunk. */
  async function written(now: Whole, chunks: number): Promise<Put[]> {
    const pace = createPace();
    const parts = chunked([...now.people.values()], chunks);
    members = parts.map((part) => new Set(part.map((person) => person.id)));
    const puts: Put[] = [];
    for (const [key, part] of parts.entries()) {
      await pace();
      puts.push({ place: 'chunk', key, value: JSON.stringify(part) });
    }
    return puts;
  }
  /** The chunks of those who changed; cards of those who are gone go too. */
  function rewritten(now: Whole, chunks: number, ids: readonly string[]): Put[] {
    const puts: Put[] = [];
    const stale = new Set<number>();
    if (members.length !== chunks) members = chunked(now.people.values(), chunks).map((part) => new Set(part.map((person) => person.id)));
    for (const id of ids) {
      const at = chunkOf(id, chunks);
      stale.add(at);
      if (now.people.has(id)) members[at]!.add(id);
      else {
        members[at]!.delete(id);
        puts.push({ place: 'contact', key: id });
      }
    }
    for (const key of stale) puts.push({ place: 'chunk', key, value: JSON.stringify([...members[key]!].map((id) => now.people.get(id)).filter((one) => one !== undefined)) });
    return puts;
  }

  /** From now on this tab keeps the book, as soon as no other does. */
  function keep(from: () => Whole) {
    whole = from;
    if (keeping) return;
    keeping = new AbortController();
    const { signal } = keeping;
    locks.request('rolo-shelf', { signal }, () => {
      if (signal.aborted) return Promise.resolve();
      mine = true;
      plan();
      return new Promise((ended) => signal.addEventListener('abort', () => ended()));
    }).catch(() => {});
  }

  /** A card that was opened is kept whole: the last few hundred. */
  async function put(contact: Contact): Promise<void> {
    const account = whose();
    if (!account || JSON.stringify(contact).length > CARD_LETTERS_MOST) return;
    const [seen] = (await store.look([{ place: 'state', key: 'seen' }])) as [string[] | undefined];
    const ids = [...(seen ?? []).filter((id) => id !== contact.id), contact.id];
    const puts: Put[] = ids.slice(0, -CARDS_MOST).map((id) => ({ place: 'contact', key: id }));
    if (whose() !== account) return;
    await store.write([...puts, { place: 'contact', key: contact.id, value: { account, contact } }, { place: 'state', key: 'seen', value: ids.slice(-CARDS_MOST) }]);
  }
  async function card(id: string): Promise<Contact | null> {
    if (!whose()) return null;
    try {
      const [found] = (await store.look([{ place: 'contact', key: id }])) as [{ account: string; contact: Contact } | undefined];
      return found && found.account === whose() ? found.contact : null;
    } catch {
      return null;
    }
  }

  /** Lets go: nothing of what this tab still has in hand is written. */
  async function drop(): Promise<void> {
    keeping?.abort();
    keeping = null;
    mine = false;
    timer?.();
    timer = null;
    touched.clear();
    all = false;
    disk = null;
    begun = null;
    members = [];
    early = null;
    await turn;
  }

  return { start, read, touch, keep, put, card, drop };
}

export type Shelf = ReturnType<typeof createShelf>;
