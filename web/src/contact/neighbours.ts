// Who stands before and after somebody in the list one came from, in the order in which it showed them.
import type { Summary } from '@/api/types';

export interface Neighbours {
  at: number;
  of: number;
  previous: string | null;
  next: string | null;
}

export interface Lists {
  people: readonly Summary[];
  hidden: readonly Summary[];
  find: (id: string) => Summary | undefined;
  /** Whom a search finds. */
  found: (query: string) => readonly Summary[];
}

/** The starred ones stand on top of a list. */
const starredFirst = (people: readonly Summary[]) => [...people.filter((person) => person.starred), ...people.filter((person) => !person.starred)];

/** What was searched for at an address of this app. */
export function queryAt(path: unknown): string {
  const query = typeof path === 'string' ? /^\/search\?([^#]*)/.exec(path)?.[1] : undefined;
  // The server draws this page where there is no such thing as a query's parameters.
  return query === undefined ? '' : (new URLSearchParams(query).get('q') ?? '');
}

/** The people of the list at an address of this app; the whole book where there is none. */
export function listAt(path: unknown, lists: Lists): readonly Summary[] {
  const [, first, second] = typeof path === 'string' ? path.replace(/[?#].*$/, '').split('/') : [];
  const query = queryAt(path);
  if (query) return lists.found(query);
  if (first === 'labels' && second) return starredFirst(lists.people.filter((person) => person.labels.includes(decodeURIComponent(second))));
  if (first === 'companies') return lists.people.filter((person) => person.kind === 'org');
  if (first === 'hidden') return lists.hidden;
  if (first === 'contacts' && second) {
    // A company’s page lists who works there.
    const company = lists.find(second);
    if (company?.kind === 'org') return lists.people.filter((person) => person.company === (company.company ?? company.name) && person.kind !== 'org');
  }
  return starredFirst(lists.people);
}

export function neighboursOf(id: string, people: readonly Summary[]): Neighbours | null {
  const at = people.findIndex((person) => person.id === id);
  return at < 0 ? null : { at: at + 1, of: people.length, previous: people[at - 1]?.id ?? null, next: people[at + 1]?.id ?? null };
}
