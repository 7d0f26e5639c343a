// Who stands before and after somebody in the list one came from: a label's people, or the whole book.
import type { Summary } from '@/api/types';

export interface Neighbours {
  at: number;
  of: number;
  previous: string | null;
  next: string | null;
}

/** The people of the list at an address of this app. What only the server can list, such as a search, is the whole book. */
export function listAt(path: unknown, people: readonly Summary[]): readonly Summary[] {
  const label = typeof path === 'string' ? /^\/labels\/([^/?#]+)/.exec(path)?.[1] : undefined;
  if (label) return people.filter((person) => person.labels.includes(decodeURIComponent(label)));
  return typeof path === 'string' && /^\/companies(?:[?#]|$)/.test(path) ? people.filter((person) => person.kind === 'org') : people;
}

export function neighboursOf(id: string, people: readonly Summary[]): Neighbours | null {
  const at = people.findIndex((person) => person.id === id);
  return at < 0 ? null : { at: at + 1, of: people.length, previous: people[at - 1]?.id ?? null, next: people[at + 1]?.id ?? null };
}
