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

/** What became of somebody in the list: shown so before, shown so after; `null` where not shown. */
export interface Step {
  before: Summary | null;
  after: Summary | null;
}

const FEW = 50;

/** A sorted list with some people replaced, added or gone. A few are looked up and moved; many are sorted anew. */
export function reordered(list: readonly Summary[], steps: readonly Step[], by: SortBy): readonly Summary[] {
  if (steps.length === 0) return list;
  const before = compare(by);
  if (steps.length > FEW) {
    const gone = new Set(steps.map((step) => step.before));
    return [...list.filter((person) => !gone.has(person)), ...steps.map((step) => step.after).filter((person) => person !== null)].sort(before);
  }
  const next = [...list];
  // Where somebody stands, or would stand.
  const place = (person: Summary) => {
    let low = 0;
    let high = next.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(next[middle]!, person) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  for (const step of steps) {
    if (!step.before) continue;
    const at = place(step.before);
    if (next[at] === step.before) next.splice(at, 1);
  }
  for (const { after } of steps) if (after) next.splice(place(after), 0, after);
  return next;
}
