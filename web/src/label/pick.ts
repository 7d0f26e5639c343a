// Labels of several contacts at once, maybe of several books: one line per name, on all of them, on some, or on none.
import type { Label, Summary } from '@/api/types';

export type Mark = 'all' | 'some' | 'none';
export interface Line {
  name: string;
  /** The label of this name in each book concerned. */
  labels: Label[];
  mark: Mark;
}

export function linesOf(people: readonly Summary[], labels: Iterable<Label>): Line[] {
  const books = new Set(people.map((one) => one.book));
  const byName = new Map<string, Label[]>();
  for (const label of labels) {
    if (!books.has(label.book)) continue;
    const known = byName.get(label.name);
    if (known) known.push(label);
    else byName.set(label.name, [label]);
  }
  const carried = new Map<string, number>();
  for (const one of people) for (const id of one.labels) carried.set(id, (carried.get(id) ?? 0) + 1);
  return [...byName].map(([name, same]) => {
    const count = same.reduce((sum, label) => sum + (carried.get(label.id) ?? 0), 0);
    return { name, labels: same, mark: markOf(count, people.length) };
  }).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function markOf(count: number, all: number): Mark {
  return count === 0 ? 'none' : count >= all ? 'all' : 'some';
}
