// The letter rail: where each letter of the list's own script begins.
import { foldLetter } from '@/search/fold';
import type { SortBy, Summary } from '@/api/types';
import { initialOf } from './face';

export interface Stop {
  letter: string;
  /** Position of the first person under this letter, within the list. */
  at: number;
}

const SCRIPTS: RegExp[] = [
  /\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Arabic}/u, /\p{Script=Hebrew}/u,
  /\p{Script=Devanagari}/u, /\p{Script=Thai}/u, /\p{Script=Georgian}/u, /\p{Script=Armenian}/u,
  /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
];
const MOST = 32;

const folded = new Map<string, string>();
const known = new WeakMap<Summary, { by: SortBy; letter: string }>();

/** What the list is sorted by, as far as a line tells it: where no name is said with the family name in front, it is taken for the last word. */
function sorted(person: Summary, by: SortBy): string {
  if (by === 'company') return person.company ?? '';
  return by === 'family' ? person.name_family_first ?? person.name.slice(person.name.trimEnd().lastIndexOf(' ') + 1) : person.name;
}

/** The letter somebody stands under. */
export function letterOf(person: Summary, by: SortBy): string {
  const before = known.get(person);
  if (before?.by === by) return before.letter;
  const initial = initialOf(sorted(person, by));
  let letter = folded.get(initial);
  if (letter === undefined) {
    letter = [...foldLetter(initial)][0]?.toUpperCase() ?? '';
    folded.set(initial, letter);
  }
  known.set(person, { by, letter });
  return letter;
}

const LATIN = /^[A-Z]$/;

/** What is left when each Latin letter that stands behind a later one is left out, as few people as can be: a name whose
 * first word is not what it is sorted by has no place of its own. Other alphabets have orders of their own and stay. */
function rising<T>(all: readonly T[], letterOf: (one: T) => string, weight: (one: T) => number): T[] {
  const latin = all.filter((one) => LATIN.test(letterOf(one)));
  const best: { sum: number; before: number }[] = [];
  latin.forEach((one, at) => {
    let [sum, before] = [0, -1];
    for (let n = 0; n < at; n += 1) if (letterOf(latin[n]!) < letterOf(one) && best[n]!.sum > sum) [sum, before] = [best[n]!.sum, n];
    best.push({ sum: sum + weight(one), before });
  });
  const kept = new Set<T>();
  for (let at = best.findIndex(({ sum }) => sum === Math.max(...best.map((one) => one.sum))); at >= 0; at = best[at]!.before) kept.add(latin[at]!);
  return all.filter((one) => kept.has(one) || !LATIN.test(letterOf(one)));
}

/** Stops for the script most people are written in; everybody after its last letter is under `#`. */
export function stops(people: readonly Summary[], by: SortBy = 'given'): Stop[] {
  const letters = people.map((person) => letterOf(person, by));
  const times = new Map<string, number>();
  for (const letter of letters) times.set(letter, (times.get(letter) ?? 0) + 1);
  const votes = SCRIPTS.map((pattern) => [...times].reduce((sum, [letter, count]) => sum + (pattern.test(letter) ? count : 0), 0));
  const most = Math.max(...votes);
  const script = most > 0 ? SCRIPTS[votes.indexOf(most)]! : null;
  const ours = new Set([...times.keys()].filter((letter) => script?.test(letter)));
  const places = new Map<string, number[]>();
  let last = -1;
  letters.forEach((letter, at) => {
    if (!ours.has(letter)) return;
    last = at;
    // Written family name first, sorted by the given one: among people of another letter this one marks nothing.
    if (times.get(letter)! > 1 && letter !== letters[at - 1] && letters[at - 1] === letters[at + 1]) return;
    const all = places.get(letter);
    if (all) all.push(at);
    else places.set(letter, [at]);
  });
  const middle = (all: number[]) => all[all.length >> 1]!;
  const found: Stop[] = [];
  let behind = -1;
  const inOrder = rising([...places].sort(([, one], [, other]) => middle(one) - middle(other)), ([letter]) => letter, ([, all]) => all.length);
  for (const [letter, all] of inOrder) {
    found.push({ letter, at: all.find((at) => at > behind)! });
    behind = middle(all);
  }
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
