// The calls of the API that a page wants for its first paint: asked in two rounds at most, for whose account it is decides
// the order of a list.
import type { RouteLocation } from 'vue-router';
import type { Account, SortBy, SummaryPage } from '@/api/types';
import type { Answers } from './answers';

export const ACCOUNT = '/v1/account';
export const LABELS = '/v1/labels';
export const BOOKS = '/v1/books';
export const SETUP = '/v1/setup';
/** What the bin and the history begin with. */
export const BIN = '/v1/bin?limit=100';
export const BATCHES = '/v1/batches?limit=50';
/** How many there are, for the frame. */
export const COUNT = '/v1/contacts?limit=1';
export const FRAME: readonly string[] = [ACCOUNT, LABELS, BOOKS, COUNT];

/** So many rows the first paint draws. */
export const ROWS = 50;
/** The starred stand on top; beyond so many they have a page of their own. */
const STARRED_MOST = 25;

/** The calls of a list. `starred`: nothing, where the starred do not stand apart. */
export interface ListCalls {
  starred: string | null;
  rows: string;
}

type Here = Pick<RouteLocation, 'name' | 'params' | 'query'>;
const one = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

function filterOf({ name, params, query }: Here): string | null {
  if (name === 'label') return `label=${encodeURIComponent(String(params.label))}&`;
  if (name === 'hidden') return 'hidden=true&';
  if (name === 'search') return one(query.q) === null ? null : `q=${encodeURIComponent(String(query.q))}&`;
  return '';
}
/** How many are starred: asked before it is known how many of the rows are theirs. */
const countOf = (filter: string) => `/v1/contacts?${filter}starred=true&limit=1`;
const body = <T>(answers: Answers, path: string) => (answers[path]?.status === 200 ? (answers[path].body as T) : undefined);

export const pageOf = (answers: Answers, path: string | null) => (path ? body<SummaryPage>(answers, path) : undefined);

/** The calls for the rows, once it is known who asks; nothing where there is nothing to list. */
export function listCalls(here: Here, answers: Answers): ListCalls | null {
  const filter = filterOf(here);
  const sort: SortBy = body<Account>(answers, ACCOUNT)?.settings.sort ?? 'given';
  if (filter === null) return null;
  const after = one(here.query.after);
  const more = after ? `&cursor=${encodeURIComponent(after)}` : '';
  if (here.name === 'search') return { starred: null, rows: `/v1/contacts?${filter}limit=${ROWS}${more}` };
  const only = here.query.starred === 'true';
  if (here.name === 'hidden' || only) return { starred: null, rows: `/v1/contacts?${filter}${only ? 'starred=true&' : ''}sort=${sort}&limit=${ROWS}${more}` };
  const starred = pageOf(answers, countOf(filter))?.total ?? 0;
  const top = Math.min(starred, STARRED_MOST);
  return {
    starred: top > 0 && !after ? `/v1/contacts?${filter}starred=true&sort=${sort}&limit=${STARRED_MOST}` : null,
    rows: `/v1/contacts?${filter}sort=${sort}&limit=${ROWS - (after ? 0 : top)}${more}`,
  };
}

/** What a list still wants. */
export function listNeeds(here: Here, answers: Answers): string[] {
  const filter = filterOf(here);
  if (!answers[ACCOUNT]) return [...FRAME, ...(filter === null || here.name === 'search' || here.name === 'hidden' ? [] : [countOf(filter)])];
  const calls = listCalls(here, answers);
  return calls ? [calls.starred, calls.rows].filter((path) => path !== null) : [];
}
