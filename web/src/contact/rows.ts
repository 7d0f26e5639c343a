// Which rows of the list are on screen: a few sections, each with a head, rows of one fixed height, pure arithmetic.
import type { Summary } from '@/api/types';

export interface Section {
  key: string;
  title: string;
  count: number | null;
  people: readonly Summary[];
}
export interface Measures {
  row: number;
  head: number;
}
export type Cell =
  | { kind: 'head'; key: string; section: Section; index: number }
  | { kind: 'person'; key: string; person: Summary; index: number };
export interface Window {
  cells: Cell[];
  before: number;
  after: number;
}

export function heightOf(sections: readonly Section[], measures: Measures): number {
  return sections.reduce((sum, section) => sum + measures.head + section.people.length * measures.row, 0);
}

export function countOf(sections: readonly Section[]): number {
  return sections.reduce((sum, section) => sum + 1 + section.people.length, 0);
}

/** The cells between two heights, and how much empty space stands before and after them. */
export function windowOf(sections: readonly Section[], measures: Measures, from: number, to: number): Window {
  const cells: Cell[] = [];
  let top = 0;
  let index = 0;
  let before = 0;
  let covered = 0;
  const add = (cell: Cell, at: number, height: number) => {
    if (cells.length === 0) before = at;
    cells.push(cell);
    covered = at + height;
  };
  for (const section of sections) {
    const end = top + measures.head + section.people.length * measures.row;
    if (end > from && top < to) {
      if (top + measures.head > from) add({ kind: 'head', key: section.key, section, index }, top, measures.head);
      const start = top + measures.head;
      const first = Math.max(0, Math.floor((from - start) / measures.row));
      const last = Math.min(section.people.length, Math.ceil((to - start) / measures.row));
      for (let n = first; n < last; n += 1) {
        const person = section.people[n]!;
        add({ kind: 'person', key: person.id, person, index: index + 1 + n }, start + n * measures.row, measures.row);
      }
    }
    top = end;
    index += 1 + section.people.length;
  }
  return cells.length === 0 ? { cells, before: 0, after: top } : { cells, before, after: top - covered };
}

/** Where the n-th person (counted over all sections, heads left out) stands. */
export function topOf(sections: readonly Section[], measures: Measures, position: number): number {
  let top = 0;
  let left = position;
  for (const section of sections) {
    if (left < section.people.length) return top + measures.head + left * measures.row;
    left -= section.people.length;
    top += measures.head + section.people.length * measures.row;
  }
  return top;
}

export function personAt(sections: readonly Section[], position: number): Summary | undefined {
  let left = position;
  for (const section of sections) {
    if (left < section.people.length) return section.people[left];
    left -= section.people.length;
  }
  return undefined;
}
