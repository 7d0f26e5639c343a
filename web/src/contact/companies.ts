// Companies: those with a card of their own, and those that only stand on the cards of people.
import type { Summary } from '@/api/types';

export interface Company {
  name: string;
  /** Who works there, in the order of the list. */
  people: readonly Summary[];
}

/** Who works where, by the company's name as it stands on their cards. */
export function workersOf(people: readonly Summary[]): ReadonlyMap<string, readonly Summary[]> {
  const found = new Map<string, Summary[]>();
  for (const person of people) {
    if (!person.company || person.kind === 'org') continue;
    const known = found.get(person.company);
    if (known) known.push(person);
    else found.set(person.company, [person]);
  }
  return found;
}

/** The companies that people's cards name and no card is of, those with most people first. */
export function namedOnly(workers: ReturnType<typeof workersOf>, cards: readonly Summary[]): Company[] {
  const own = new Set(cards.map((card) => card.company ?? card.name));
  return [...workers].filter(([name]) => !own.has(name)).map(([name, people]) => ({ name, people })).sort((a, b) => b.people.length - a.people.length || (a.name < b.name ? -1 : 1));
}
