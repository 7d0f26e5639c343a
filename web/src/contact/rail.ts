// The letter rail: where each letter of the list's own script begins.
import { foldLetter } from '@/search/fold';
import type { Summary } from '@/api/types';
import { initialOf } from './face';

export interface Stop {
  letter: string;
  /** Position of the first person under this letter, within the list. */
  at: number;
}

const SCRIPTS: [string, RegExp][] = [
  ['Latin', /\p{Script=Latin}/u], ['Cyrillic', /\p{Script=Cyrillic}/u], ['Greek', /\p{Script=Greek}/u], ['Arabic', /\p{Script=Arabic}/u],
  ['Hebrew', /\p{Script=Hebrew}/u], ['Devanagari', /\p{Script=Devanagari}/u], ['Thai', /\p{Script=Thai}/u],
  ['Georgian', /\p{Script=Georgian}/u], ['Armenian', /\p{Script=Armenian}/u], ['Kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
];
const MOST = 32;

function letterOf(person: Summary): string {
  return [...foldLetter(initialOf(person.name))][0]?.toUpperCase() ?? '';
}

/** Stops for the script most people are written in; everybody after its last letter is under `#`. */
export function stops(people: readonly Summary[]): Stop[] {
  const letters = people.map(letterOf);
  const votes = SCRIPTS.map(([, pattern]) => letters.reduce((sum, letter) => sum + (pattern.test(letter) ? 1 : 0), 0));
  const most = Math.max(...votes);
  const script = most > 0 ? SCRIPTS[votes.indexOf(most)]![1] : null;
  const found: Stop[] = [];
  const seen = new Set<string>();
  let last = -1;
  letters.forEach((letter, at) => {
    if (!script?.test(letter)) return;
    last = at;
    if (seen.has(letter)) return;
    seen.add(letter);
    found.push({ letter, at });
  });
  if (last + 1 < people.length) found.push({ letter: '#', at: last + 1 });
  if (found.length <= MOST) return found;
  const step = found.length / MOST;
  return Array.from({ length: MOST }, (_, n) => found[Math.floor(n * step)]!);
}

/** The stop a position lies under. */
export function stopAt(all: readonly Stop[], at: number): number {
  let current = -1;
  all.forEach((stop, n) => {
    if (stop.at <= at) current = n;
  });
  return current;
}
