// The order of the list. The server sends the keys; the browser only compares them, so both always agree.
import type { Pace } from '@/api/pace';
import type { SortBy, Summary } from '@/api/types';

function keyOf(person: Summary, by: SortBy): string {
  // A moment without its Z: `:40.88` is before `:40.885`, as `:40.88Z` is not.
  return by === 'updated' ? person.updated_at.slice(0, -1) : person.sort[by];
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

const RUN = 1024;

/** A large list sorted in pieces: short runs, then two and two of them merged, with a rest where the pace asks for one. */
export async function sorted(list: readonly Summary[], by: SortBy, pace: Pace): Promise<Summary[]> {
  const before = compare(by);
  let runs: Summary[][] = [];
  for (let at = 0; at < list.length; at += RUN) {
    await pace();
    runs.push(list.slice(at, at + RUN).sort(before));
  }
  while (runs.length > 1) {
    const merged: Summary[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await zipped(runs[at]!, runs[at + 1] ?? [], before, pace));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function zipped(left: Summary[], right: Summary[], before: (a: Summary, b: Summary) => number, pace: Pace): Promise<Summary[]> {
  const all: Summary[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    all.push(before(left[l]!, right[r]!) <= 0 ? left[l++]! : right[r++]!);
    if (all.length % RUN === 0) await pace();
  }
  return all.concat(left.slice(l), right.slice(r));
}
