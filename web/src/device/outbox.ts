// What is done without network waits here, in its order, and is sent when Rolo answers again: by one tab, each change with
// the revision it was made on and with a key, so that sent twice it is done once. What the server does not take stays,
// with its reason, until a person has looked at it.
import { computed, shallowRef } from 'vue';
import type { Locks } from '@/account/live';
import type { Tabs } from '@/account/tabs';
import type { Api } from '@/api/client';
import { asRefusal, Refusal } from '@/api/refusal';
import type { Contact } from '@/api/types';
import type { BookStore } from '@/contact/book';
import { keepDraft, readDraft } from '@/contact/draft';
import type { Store } from './store';
import { draftOf, judged, nextOf, over, patched, renamed, revised, seenBy, type Answered, type Waiting, type Wanted } from './waiting';

/** What became of a change: the server did it, or it waits. */
export type Posted = { done: true; data: unknown; response: Response } | { done: false; waiting: Waiting };
/** What happened while the queue was sent, to be told. */
export interface Sent {
  count: number;
  batches: string[];
  held: Waiting[];
}
export interface Away {
  store: Store;
  locks: Locks;
  later: (act: () => void, ms: number) => () => void;
  /** The account whose changes may wait here now; nothing: none may. */
  whose: () => string | null;
  /** That who made them is still who is signed in. */
  prove: () => Promise<void>;
  drafts: () => Storage;
  key: () => string;
  now: () => number;
}

const AGAIN_MS = 15_000;
/** Longer than any answer takes, so that a line which is there and says nothing does not hold up the rest for ever. */
const PATIENCE_MS = 30_000;
const DIRECT_MS = 12_000;

export function createOutbox(api: Api, book: BookStore, away: Away | undefined, tabs: Tabs | undefined, told: (sent: Sent) => void = () => {}) {
  const waiting = shallowRef<readonly Waiting[]>([]);
  /** New contacts by the id they had here, once the server gave them theirs. */
  const became = shallowRef<ReadonlyMap<string, string>>(new Map());
  const laid = new Map<number, () => void>();
  let sending: Promise<void> | null = null;
  let cancel = () => {};

  async function stored(): Promise<Waiting[]> {
    const account = away?.whose();
    if (!away || !account) return [];
    const [all] = (await away.store.look([{ place: 'waiting' }])) as [Waiting[]];
    return all.filter((one) => one.account === account);
  }
  /** What waits now is read and shown; nothing while nobody has asked for it yet. */
  let known: Promise<void> | null = null;
  /** Once what waits is known: until then a page does not know what was made or changed here. */
  const standing = () => known ?? reload();
  async function show(): Promise<void> {
    const all = await stored().catch(() => []);
    waiting.value = all;
    for (const one of all) if (one.state === 'waiting' && !laid.has(one.seq)) laid.set(one.seq, book.lay(one.contacts, (person) => over(one.shown, person), one.made?.person));
  }
  /** Shows what waits now. What waits no longer lies on the book until the server's word on it is there. */
  async function reload(): Promise<void> {
    await (known = show());
    const active = new Set(waiting.value.filter((one) => one.state === 'waiting').map((one) => one.seq));
    const gone = [...laid.keys()].filter((seq) => !active.has(seq));
    if (gone.length === 0) return;
    await book.refresh();
    for (const seq of gone) {
      laid.get(seq)?.();
      laid.delete(seq);
    }
  }
  async function changed(): Promise<void> {
    tabs?.postMessage('waiting');
    await reload();
  }

  function request({ call }: Pick<Wanted, 'call'>, key: string | null): Request {
    const headers = new Headers({ accept: 'application/json' });
    if (call.body) headers.set('content-type', call.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    if (call.revision !== undefined) headers.set('if-match', `"${call.revision}"`);
    if (key) headers.set('idempotency-key', key);
    return new Request(api.origin + call.path, { method: call.method, headers, ...(call.body ? { body: JSON.stringify(call.body) } : {}) });
  }
  async function direct(wanted: Wanted, key: string | null): Promise<Posted> {
    // Where it may wait here, nobody has to stand and wait for a line that says nothing.
    const response = await api.send(key ? new Request(request(wanted, key), { signal: AbortSignal.timeout(DIRECT_MS) }) : request(wanted, key));
    const data: unknown = await response.json().catch(() => null);
    if (!response.ok) throw Refusal.from(response.status, data);
    return { done: true, data, response };
  }

  /** Sends a change, or keeps it on this device where nobody answers. A refusal is thrown on, also where nothing may be kept. */
  async function post(wanted: Wanted): Promise<Posted> {
    if (!away?.whose()) return direct(wanted, null);
    const key = away.key();
    const done = await attempt(() => direct(wanted, key));
    return done?.[0] ?? { done: false, waiting: await keep(wanted, key) };
  }
  /** Nothing where it is not even tried: nobody answers, or something is before it that it must not overtake. */
  async function attempt<T>(act: () => Promise<T>): Promise<[T] | undefined> {
    if (book.stale.value || nextOf(waiting.value)) return undefined;
    try {
      await away?.prove();
      return [await act()];
    } catch (error) {
      if (!asRefusal(error).unreachable) throw error;
      return undefined;
    }
  }
  /** Does something larger, or keeps it as several changes. */
  async function orKeep<T>(act: () => Promise<T>, pieces: () => readonly Wanted[]): Promise<T | Waiting[]> {
    if (!away?.whose()) return act();
    const done = await attempt(act);
    if (done) return done[0];
    const all: Waiting[] = [];
    for (const one of pieces()) all.push(await keep(one, away.key()));
    return all;
  }
  async function keep(wanted: Wanted, key: string): Promise<Waiting> {
    const account = away!.whose();
    if (!account) throw new Refusal(0, undefined);
    const one: Omit<Waiting, 'seq'> = { ...wanted, account, key, at: away!.now(), state: 'waiting' };
    await away!.store.write([{ place: 'waiting', value: JSON.parse(JSON.stringify(one)) }], { safe: true });
    await changed();
    void drain();
    return waiting.value.find((found) => found.key === key) ?? { ...one, seq: 0 };
  }

  /** Takes back what has not been sent; nothing leaves meanwhile. */
  async function takeBack(key: string): Promise<boolean> {
    let found = false;
    await away?.locks.request('rolo-outbox', { signal: new AbortController().signal }, async () => {
      const one = (await stored()).find((other) => other.key === key);
      found = one !== undefined;
      if (one) await drop(one);
    });
    return found;
  }
  async function drop(one: Waiting): Promise<void> {
    // What was done to a contact that is not made after all goes with it.
    const also = one.made ? (await stored()).filter((other) => other.contacts.includes(one.made!.person.id)) : [];
    await away!.store.write([one, ...also].map(({ seq }) => ({ place: 'waiting' as const, key: seq })), { safe: true });
    await changed();
    void drain();
  }
  /** What was typed for a contact was saved in the form, or thrown away there: what was held of it is settled. */
  async function settle(contact: string): Promise<void> {
    const held = waiting.value.filter((one) => one.draft && one.contacts.includes(contact) && waiting.value.some((other) => other.state !== 'waiting' && other.contacts.includes(contact)));
    if (held.length === 0) return;
    await away!.store.write(held.map(({ seq }) => ({ place: 'waiting' as const, key: seq })), { safe: true });
    await changed();
    void drain();
  }

  /** Sends all that waits. Calls that come while it is sent do no harm. */
  function drain(): Promise<void> {
    if (!away?.whose() || !waiting.value.some((one) => one.state === 'waiting')) return Promise.resolve();
    cancel();
    const signal = new AbortController().signal;
    sending ??= away.locks.request('rolo-outbox', { signal }, sendAll).then(() => {}, () => {}).finally(() => {
      sending = null;
    });
    return sending;
  }
  async function sendAll(): Promise<void> {
    const sent: Sent = { count: 0, batches: [], held: [] };
    for (;;) {
      const all = await stored();
      const next = nextOf(all);
      if (!next) break;
      const { answered, batch } = await deliver(next);
      const one: Waiting = { ...next, left: true };
      if (answered.is === 'later') {
        if (away!.whose() !== next.account) break;
        if (!next.left || answered.doubted) await away!.store.write([{ place: 'waiting', value: { ...one, ...(answered.doubted ? { doubted: true } : {}) } }], { safe: true });
        cancel = away!.later(() => void drain(), answered.afterMs ?? AGAIN_MS);
        break;
      }
      if (answered.is === 'conflict' && (await onlyLabels(one))) continue;
      await record(one, answered, all.filter(({ seq }) => seq > one.seq));
      if (answered.is !== 'done') sent.held.push({ ...one, state: answered.is, ...(answered.why ? { why: answered.why } : {}) });
      else {
        sent.count += 1;
        if (batch) sent.batches.push(batch);
      }
    }
    await changed();
    if (sent.count > 0 || sent.held.length > 0) told(sent);
  }
  async function deliver(one: Waiting): Promise<{ answered: Answered; batch: string | null }> {
    try {
      await away!.prove();
      if (away!.whose() !== one.account) return { answered: { is: 'later', afterMs: null }, batch: null };
      const response = await api.send(new Request(request(one, one.key), { signal: AbortSignal.timeout(PATIENCE_MS) }));
      const said: unknown = await response.json().catch(() => null);
      return { answered: judged(one, response.status, said, response.headers.get('retry-after')), batch: response.headers.get('Rolo-Batch') };
    } catch {
      return { answered: { is: 'later', afterMs: null }, batch: null };
    }
  }
  /** A label that was put on the contact, here or elsewhere, is a newer version and no conflict: the change names it and goes again. */
  async function onlyLabels(one: Waiting): Promise<boolean> {
    const [contact] = one.contacts;
    if (one.what !== 'edit' || !contact || one.call.revision === undefined) return false;
    try {
      const { data } = await api.answer(api.client.GET('/v1/contacts/{id}', { params: { path: { id: contact } } }));
      const { untouched } = await import('./again');
      if (data.deleted_at || data.revision === one.call.revision || !untouched(one, data)) return false;
      await away!.store.write([{ place: 'waiting', value: { ...one, call: { ...one.call, revision: data.revision } } }], { safe: true });
      return true;
    } catch {
      return false;
    }
  }
  async function record(one: Waiting, answered: Exclude<Answered, { is: 'later' }>, behind: Waiting[]): Promise<void> {
    if (answered.is !== 'done') {
      const why = answered.why ? { why: answered.why } : {};
      await away!.store.write([{ place: 'waiting', value: { ...one, ...why, state: answered.is } }], { safe: true });
      // The form takes it up when it is opened, unless something newer is being typed there.
      for (const contact of one.contacts) {
        const draft = draftOf([one, ...behind], contact);
        const key = one.what === 'create' ? 'new' : contact;
        if (draft && !readDraft(away!.drafts(), key)) keepDraft(away!.drafts(), key, { ...draft, held: one.key });
      }
      return;
    }
    const next = new Map(behind.map((other) => [other.seq, other]));
    const take = (changes: readonly Waiting[]) => changes.forEach((other) => next.set(other.seq, other));
    for (const [contact, to] of answered.revisions) {
      const from = seenBy(one, contact);
      if (!from) continue;
      const later = revised([...next.values()], contact, from, to);
      const now = answered.contact;
      if (!now || later.length === 0) take(later);
      else {
        const { again } = await import('./again');
        take(later.map((other) => again(other, now)));
      }
    }
    const here = one.made?.person.id;
    const there = answered.contact?.id;
    if (here && there && here !== there) {
      take(renamed([...next.values()], here, there));
      became.value = new Map(became.value).set(here, there);
    }
    const rewritten = [...next.values()].filter((other) => !behind.includes(other));
    await away!.store.write([{ place: 'waiting', key: one.seq }, ...rewritten.map((value) => ({ place: 'waiting' as const, value }))], { safe: true });
  }

  /** The same for one change, such as a new contact that was not taken. */
  async function settleOne(key: string): Promise<void> {
    const one = waiting.value.find((found) => found.key === key);
    if (one) await drop(one);
  }

  /** A change, shown at once and done, or kept until it can be. */
  function act(wanted: Wanted): Promise<Posted> {
    return book.optimistic(wanted.contacts, (person) => over(wanted.shown, person), () => post(wanted));
  }
  /** A contact with its waiting edits on top. */
  function onTop(contact: Contact): Contact {
    return patched(contact, waiting.value);
  }
  function made(id: string): Contact | null {
    const found = waiting.value.find((one) => one.made?.person.id === id)?.made?.contact;
    return found ?? null;
  }
  /** For whom something waits, and whether it needs a look. */
  const states = computed(() => {
    const found = new Map<string, Waiting['state']>();
    for (const { contacts, state } of waiting.value) for (const id of contacts) if (state !== 'waiting' || !found.has(id)) found.set(id, state);
    return found;
  });
  function forget() {
    cancel();
    for (const lift of laid.values()) lift();
    laid.clear();
    waiting.value = [];
    known = null;
  }

  tabs?.addEventListener('message', ({ data }) => {
    if (data === 'waiting') void reload();
  });
  return { waiting, became, act, orKeep, reload, standing, drain, takeBack, drop, settle, settleOne, onTop, made, states, forget };
}

export type Outbox = ReturnType<typeof createOutbox>;
