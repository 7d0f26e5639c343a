import { describe, expect, it } from 'vitest';
import { person } from './people.fixture';
import { countOf, heightOf, personAt, topOf, windowOf, type Section } from './rows';

const many = Array.from({ length: 25_000 }, (_, n) => person({ id: String(n), name: `P${n}` }));
const measures = { row: 52, head: 41 };
const sections: Section[] = [
  { key: 'starred', title: 'Starred', count: 3, people: many.slice(0, 3) },
  { key: 'all', title: 'Contacts', count: null, people: many.slice(3) },
];
const total = heightOf(sections, measures);
const keys = (from: number, to: number) => windowOf(sections, measures, from, to).cells.map((cell) => cell.key);

describe('windowOf', () => {
  it('begins with the head of the first section', () => {
    expect(keys(0, 200)).toEqual(['starred', '0', '1', '2', 'all']);
  });
  it('draws a screenful anywhere, and its spaces add up to the whole', () => {
    for (let from = 0; from < total; from += 99_991) {
      const window = windowOf(sections, measures, from, from + 800);
      const drawn = window.cells.reduce((sum, cell) => sum + (cell.kind === 'head' ? measures.head : measures.row), 0);
      expect(window.before + drawn + window.after).toBe(total);
      expect(window.cells.length).toBeLessThan(20);
      expect(window.before).toBeLessThanOrEqual(from);
      expect(window.before + drawn).toBeGreaterThanOrEqual(Math.min(from + 800, total));
    }
  });
  it('ends with the last person', () => {
    expect(keys(total - 10, total + 500)).toEqual(['24999']);
    expect(windowOf(sections, measures, total + 1000, total + 2000)).toEqual({ cells: [], before: 0, after: total });
  });
  it('numbers rows through heads and people', () => {
    const { cells } = windowOf(sections, measures, 0, 400);
    expect(cells.map((cell) => cell.index)).toEqual(cells.map((_, at) => at));
    expect(countOf(sections)).toBe(25_002);
  });
});

describe('positions', () => {
  it('lead to people and heights over all sections', () => {
    expect(personAt(sections, 3)?.id).toBe('3');
    expect(personAt(sections, 25_000)).toBeUndefined();
    expect(topOf(sections, measures, 0)).toBe(41);
    expect(topOf(sections, measures, 3)).toBe(41 + 3 * 52 + 41);
  });
});
