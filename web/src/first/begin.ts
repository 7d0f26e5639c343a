// Puts the first answers where the pages look for them: who is signed in, labels and books, the beginning of the list. The
// server does it before it draws, the browser before it goes on from what was drawn.
import type { RouteLocation } from 'vue-router';
import type { Account, Book, Label, Summary } from '@/api/types';
import type { Begun, Glimpse } from '@/contact/book';
import type { Section } from '@/contact/rows';
import type { Rolo } from '@/rolo';
import type { Answers } from './answers';
import { ACCOUNT, BOOKS, COUNT, LABELS, listCalls, pageOf } from './calls';
import { listed } from './judge';

export async function begin({ session, book, first, text }: Pick<Rolo, 'session' | 'book' | 'first' | 'text'>, route: RouteLocation): Promise<void> {
  const answers = first.answers();
  const account = first.answer<Account>(ACCOUNT) ?? null;
  await session.begin(account);
  if (!account) return;
  const list = listed(route) ? glimpseOf(route, answers, text.list, text.search.found, text.view.hidden) : null;
  const items = <T>(path: string) => first.answer<{ items: T[] }>(path)?.items ?? [];
  const begun: Begun = { total: first.answer<{ total: number }>(COUNT)?.total ?? null, list };
  book.begin(begun, items<Label>(LABELS), items<Book>(BOOKS), account.settings.sort ?? 'given');
}

function glimpseOf(route: RouteLocation, answers: Answers, words: { title: string; starred: string }, found: string, hidden: string): Glimpse | null {
  const calls = listCalls(route, answers);
  const place = route.fullPath;
  if (!calls) return { place, sections: [], people: [], total: 0, next: null, first: null, starred: null };
  const page = pageOf(answers, calls.rows);
  if (!page) return null;
  const starred = pageOf(answers, calls.starred);
  const only = route.query.starred === 'true';
  const apart = route.name !== 'search' && route.name !== 'hidden' && !only;
  const rest = apart && (starred || route.query.after) ? page.items.filter((person) => !person.starred) : page.items;
  const all: Section = route.name === 'search' ? { key: 'found', title: found, count: page.total, people: rest }
    : route.name === 'hidden' ? { key: 'hidden', title: hidden, count: null, people: rest }
    : only ? { key: 'starred', title: words.starred, count: page.total, people: rest }
    : { key: 'all', title: words.title, count: null, people: rest };
  const top: Section[] = starred ? [{ key: 'starred', title: words.starred, count: starred.total, people: starred.items }] : [];
  const sections = [...top, ...(rest.length > 0 ? [all] : [])];
  const people: Summary[] = sections.flatMap((section) => [...section.people]);
  return {
    place, sections, people, total: page.total, next: page.next ? at(route, { after: page.next }) : null, first: route.query.after ? at(route, { after: null }) : null,
    starred: starred?.next ? { path: at(route, { starred: 'true' }), total: starred.total } : null,
  };
}

/** The address of this list with something else asked of it. */
function at({ path, query }: RouteLocation, change: Readonly<Record<string, string | null>>): string {
  const asked = Object.entries({ ...query, ...change }).flatMap(([key, value]) => (typeof value === 'string' ? [`${key}=${encodeURIComponent(value)}`] : []));
  return asked.length > 0 ? `${path}?${asked.join('&')}` : path;
}
