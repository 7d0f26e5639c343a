// The order of the list. The server sends the keys; the browser only compares them, so both always agree.
import type { SortBy, Summary } from '@/api/types';

function keyOf(person: Summary, by: SortBy): string {
  return by === 'updated' ? person.updated_at : person.sort[by];
}

/** Nameless people come last; equal keys fall back to the id, so that the order never flickers. */
export function compare(by: SortBy): (a: Summary, b: Summary) => number {
  const turn = by === 'updated' ? -1 : 1;
  return (a, b) => {
    const left = keyOf(a, by);
    const right = keyOf(b, by);
    if (left === right) return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
    if (left === '') return 1;
    if (right === '') return -1;
    return left < right ? -turn : turn;
  };
}

/** A sorted list with some people replaced, added or gone. A few are moved into place; many are sorted anew. */
export function reordered(
  list: readonly Summary[],
  changed: ReadonlyMap<string, Summary | null>,
  by: SortBy,
): readonly Summary[] {
  if (changed.size === 0) return list;
  const before = compare(by);
  const next = list.filter((person) => !changed.has(person.id));
  const coming = [...changed.values()].filter((person) => person !== null);
  if (coming.length > 50) return [...next, ...coming].sort(before);
  for (const person of coming) {
    let low = 0;
    let high = next.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(next[middle]!, person) < 0) low = middle + 1;
      else high = middle;
    }
    next.splice(low, 0, person);
  }
  return next;
}
