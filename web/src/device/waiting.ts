// Changes made without network, as rules without a browser: how they look on top of the book until they are sent, which
// one goes next, and what the answer to one means for those behind it.
import type { Contact, Summary } from '@/api/types';
import type { Card } from '@/contact/card';
import type { Draft } from '@/contact/draft';

export type What = 'create' | 'edit' | 'star' | 'unstar' | 'hide' | 'unhide' | 'delete' | 'move' | 'label';

/** What a change makes of a line of the list, as data: it outlives the page. */
export interface Shown {
  gone?: true;
  set?: Partial<Summary>;
  labels?: { on: readonly string[]; off: readonly string[] };
}
/** A write as it is sent: the same each time it is tried. */
export interface Call {
  method: 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  path: string;
  /** What `If-Match` says. */
  revision?: string;
  body?: Record<string, unknown>;
}
export interface Wanted {
  what: What;
  /** Whom or what it is about, for the person. */
  name: string;
  contacts: readonly string[];
  call: Call;
  shown: Shown;
  /** Of a new contact: its line, and its card until the server has it. */
  made?: { person: Summary; contact: Contact };
  /** What was typed, for the form to take up when it cannot be sent as it is. */
  draft?: Draft;
}
export interface Waiting extends Wanted {
  seq: number;
  account: string;
  /** `Idempotency-Key`: sent twice, it is done once. */
  key: string;
  at: number;
  /** It left for the server before, and what became of it there is not known. */
  left?: true;
  /** The server said once that it has another revision, which may have been this very change arriving. */
  doubted?: true;
  state: 'waiting' | 'conflict' | 'refused';
  why?: string;
}

/** A line as it is under a change. */
export function over(shown: Shown, person: Summary): Summary | null {
  if (shown.gone) return null;
  const { on, off } = shown.labels ?? { on: [], off: [] };
  const labels = [...person.labels.filter((id) => !off.includes(id) && !on.includes(id)), ...on];
  return Object.freeze({ ...person, ...shown.set, ...(shown.labels ? { labels } : {}) });
}

/** JSON Merge Patch (RFC 7396), as the server does it. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/** A contact as it will be once its waiting edits are sent. */
export function patched(contact: Contact, waiting: readonly Waiting[]): Contact {
  // What needs a look is in the form, with all that was made on top of it.
  if (waiting.some((one) => one.state !== 'waiting' && one.draft && one.contacts.includes(contact.id))) return contact;
  let found = contact;
  for (const one of waiting) {
    if (!one.contacts.includes(contact.id)) continue;
    if (one.shown.labels) found = { ...found, labels: [...found.labels.filter((id) => !one.shown.labels!.off.includes(id) && !one.shown.labels!.on.includes(id)), ...one.shown.labels.on] };
    if (one.what !== 'edit') continue;
    // Made on another version: only the server can say what becomes of it.
    if (one.call.revision !== contact.revision) continue;
    const { card, labels } = (one.call.body ?? {}) as { card?: Card; labels?: string[] };
    found = { ...found, card: mergePatch(found.card, card ?? {}) as Contact['card'], labels: labels ?? found.labels };
  }
  return found;
}

/** What may be sent now: the first, but none of a contact whose earlier change a person has to look at. */
export function nextOf(all: readonly Waiting[]): Waiting | undefined {
  const held = new Set<string>();
  for (const one of all) {
    if (one.state === 'waiting' && !one.contacts.some((id) => held.has(id))) return one;
    // A star that was refused stands in nobody's way; what was typed does, for later edits were made on top of it.
    if (one.state === 'waiting' || one.draft) for (const id of one.contacts) held.add(id);
  }
  return undefined;
}

/** After one was done the contact has another revision: what was made on top of it names that one. */
export function revised(behind: readonly Waiting[], contact: string, from: string, to: string): Waiting[] {
  const changed: Waiting[] = [];
  for (const one of behind) {
    if (!one.contacts.includes(contact)) continue;
    const { call } = one;
    const items = call.body?.items as readonly { contact?: string; revision?: string }[] | undefined;
    const draft = one.draft?.revision === from ? { ...one.draft, revision: to } : one.draft;
    if (items?.some((item) => item.contact === contact && item.revision === from)) {
      changed.push({ ...one, call: { ...call, body: { ...call.body, items: items.map((item) => (item.contact === contact && item.revision === from ? { ...item, revision: to } : item)) } } });
    } else if (call.revision === from) changed.push({ ...one, call: { ...call, revision: to }, ...(draft ? { draft } : {}) });
  }
  return changed;
}

/** A new contact got its id from the server: what was made on top of it meant that one. */
export function renamed(behind: readonly Waiting[], from: string, to: string): Waiting[] {
  return behind.filter((one) => one.contacts.includes(from)).map((one) => {
    const items = one.call.body?.items as readonly { contact?: string }[] | undefined;
    const body = items ? { ...one.call.body, items: items.map((item) => (item.contact === from ? { ...item, contact: to } : item)) } : one.call.body;
    return { ...one, contacts: one.contacts.map((id) => (id === from ? to : id)), call: { ...one.call, path: one.call.path.replace(from, to), ...(body ? { body } : {}) } };
  });
}

/** What was typed in all of a contact's edits, as one draft: how the form was at first, and how it was left at last. */
export function draftOf(all: readonly Waiting[], contact: string): Draft | null {
  const typed = all.filter((one) => one.contacts.includes(contact) && one.draft).map((one) => one.draft!);
  const [first, last] = [typed[0], typed.at(-1)];
  if (!first || !last) return null;
  return { ...last, revision: first.revision, ...(first.before ? { before: first.before } : {}) };
}

export type Answered =
  | { is: 'done'; revisions: ReadonlyMap<string, string>; contact: Contact | undefined; left: number; why: string | undefined }
  /** Somebody else changed it. */
  | { is: 'conflict' | 'refused'; why: string | undefined }
  /** Nobody answered, or not yet: the same again. */
  | { is: 'later'; afterMs: number | null; doubted?: true };

interface Said extends Partial<Pick<Contact, 'id' | 'revision' | 'card'>> {
  detail?: string;
  items?: readonly { status: number; id?: string | null; revision?: string | null; error?: { detail?: string | null } | null }[];
}

/** What an answer means for a change that waited. */
export function judged(one: Waiting, status: number, said: unknown, retryAfter: string | null): Answered {
  const { card, revision, detail, items } = (typeof said === 'object' && said !== null ? said : {}) as Said;
  if (status === 401 || status === 408 || status === 429 || status >= 500) return { is: 'later', afterMs: retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null };
  // It left before and no answer came: the server may be busy with that very request still.
  if ((status === 409 || status === 412) && one.left && !one.doubted) return { is: 'later', afterMs: 2000, doubted: true };
  if (status === 409 || status === 412) return { is: 'conflict', why: detail };
  if (status >= 400) return { is: 'refused', why: detail };
  const bad = (items ?? []).filter((item) => item.status >= 400);
  if (bad.length > 0 && bad.length === items!.length) {
    const why = bad[0]!.error?.detail ?? undefined;
    return { is: bad[0]!.status === 412 || bad[0]!.status === 409 ? 'conflict' : 'refused', why };
  }
  const revisions = new Map<string, string>();
  if (revision && one.contacts.length === 1) revisions.set(one.contacts[0]!, revision);
  const asked = one.call.body?.items as readonly { contact?: string }[] | undefined;
  items?.forEach((item, at) => {
    const contact = asked?.[at]?.contact;
    if (contact && item.revision) revisions.set(contact, item.revision);
  });
  return { is: 'done', revisions, contact: card ? (said as Contact) : undefined, left: bad.length, why: bad[0]?.error?.detail ?? undefined };
}

/** The revision a change was made on, as far as it says so. */
export function seenBy(one: Waiting, contact: string): string | undefined {
  const items = one.call.body?.items as readonly { contact?: string; revision?: string }[] | undefined;
  return one.call.revision ?? items?.find((item) => item.contact === contact)?.revision ?? one.made?.contact.revision;
}
