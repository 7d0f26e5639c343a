// The browser's own search: every summary becomes three folded strings once, and each keystroke scans them.
// No index: at 25,000 people a scan stays inside one frame, and nothing has to be kept in step.
import { digits, foldPlain, isCjk, queryWords, tokens } from './fold';
import type { Summary } from '@/api/types';

interface Folded {
  /** ` anna lind ` : the words of the name, each between spaces. */
  name: string;
  rest: string;
  /** Phone digits, parted by `|`. */
  phones: string;
}

const known = new WeakMap<Summary, Folded>();

export function folded(person: Summary): Folded {
  let found = known.get(person);
  if (!found) {
    found = {
      name: ` ${tokens(person.name).join(' ')} `,
      rest: ` ${tokens([person.company ?? '', person.title ?? '', ...person.emails].join(' ')).join(' ')} ${person.emails.join(' ').toLowerCase()} `,
      phones: person.phones.map(digits).join('|'),
    };
    known.set(person, found);
  }
  return found;
}

export interface Term {
  words: string[];
  /** Digits as typed, and without leading zeros; empty when the term is no number. */
  numbers: string[];
}

const NUMBERISH = /^[+(]?[\d٠-٩۰-۹०-९０-９][\d٠-٩۰-۹०-९０-９\s()./+-]*$/u;

/** What a query asks: words, and runs of digits that may be a phone number in any notation. */
export function parse(query: string): Term[] {
  const terms: Term[] = [];
  let run = '';
  const close = () => {
    if (!run) return;
    const typed = digits(run);
    const bare = typed.replace(/^0+/, '');
    terms.push({ words: queryWords(run), numbers: [...new Set([typed, bare])].filter((number) => number.length >= 2) });
    run = '';
  };
  for (const part of query.trim().split(/\s+/).filter(Boolean)) {
    if (/^[+(\d٠-٩۰-۹०-९０-９]/u.test(part) && NUMBERISH.test(`${part}`.replace(/\)$/, ''))) {
      run = run ? `${run} ${part}` : part;
      continue;
    }
    close();
    for (const word of queryWords(part)) terms.push({ words: [word], numbers: [] });
    if (part.includes('@')) terms.push({ words: [part.toLowerCase()], numbers: [] });
  }
  close();
  return terms;
}

const WHOLE = 0;
const PREFIX = 1;
const ELSEWHERE = 2;
const NOWHERE = 3;

function inWords(haystack: string, words: string[], whole: boolean): boolean {
  return words.length > 0 && words.every((word) =>
    isCjk(word) ? shingled(haystack, word) : haystack.includes(whole ? ` ${word} ` : ` ${word}`));
}

/** A CJK word lies in the haystack as one- and two-letter tokens: all its pairs must be there. */
function shingled(haystack: string, word: string): boolean {
  const letters = [...word];
  if (letters.length === 1) return haystack.includes(` ${word} `);
  return letters.slice(1).every((letter, at) => haystack.includes(` ${letters[at]}${letter} `));
}

function rank(person: Summary, terms: Term[]): number {
  const { name, rest, phones } = folded(person);
  let worst = WHOLE;
  for (const { words, numbers } of terms) {
    let at = NOWHERE;
    if (inWords(name, words, true)) at = WHOLE;
    else if (inWords(name, words, false)) at = PREFIX;
    else if (numbers.some((number) => phones.includes(number)) || inWords(rest, words, false)) at = ELSEWHERE;
    if (at === NOWHERE) return NOWHERE;
    if (at > worst) worst = at;
  }
  return worst;
}

/** People who match every term: whole words of the name first, then beginnings of words, then the rest; each group in list order. */
export function search(people: readonly Summary[], query: string): Summary[] {
  const terms = parse(query);
  if (terms.length === 0) return [];
  const ranked: Summary[][] = [[], [], []];
  for (const person of people) ranked[rank(person, terms)]?.push(person);
  return ranked.flat();
}

/** The server also finds notes and addresses. Its finds go after ours, so that nothing on screen moves. */
export function merge(local: readonly Summary[], remote: readonly Summary[]): Summary[] {
  const here = new Set(local.map((person) => person.id));
  return [...local, ...remote.filter((person) => !here.has(person.id))];
}

export interface Piece {
  text: string;
  hit: boolean;
}

/** A text cut into pieces, those that match the query marked. */
export function marked(text: string, query: string): Piece[] {
  const terms = parse(query);
  const letters = [...text];
  const hit = new Array<boolean>(letters.length).fill(false);
  const starts: number[] = [];
  let plain = '';
  letters.forEach((letter, at) => {
    for (const unit of foldPlain(letter)) {
      plain += unit;
      for (let n = 0; n < unit.length; n += 1) starts.push(at);
    }
  });
  const markRange = (from: number, to: number) => {
    for (let at = starts[from] ?? 0; at <= (starts[to - 1] ?? -1); at += 1) hit[at] = true;
  };
  for (const { words, numbers } of terms) {
    for (const word of words) {
      for (let from = plain.indexOf(word); from >= 0; from = plain.indexOf(word, from + 1)) {
        if (isCjk(word) || from === 0 || !/[\p{L}\p{N}]/u.test(plain[from - 1]!)) markRange(from, from + word.length);
      }
    }
    markDigits(letters, numbers, hit);
  }
  const pieces: Piece[] = [];
  letters.forEach((letter, at) => {
    const last = pieces.at(-1);
    if (last && last.hit === hit[at]) last.text += letter;
    else pieces.push({ text: letter, hit: hit[at]! });
  });
  return pieces;
}

function markDigits(letters: string[], numbers: string[], hit: boolean[]) {
  const places: number[] = [];
  let line = '';
  letters.forEach((letter, at) => {
    const digit = digits(letter);
    if (digit) {
      line += digit;
      places.push(at);
    }
  });
  const number = numbers.find((wanted) => line.includes(wanted));
  if (!number) return;
  const from = line.indexOf(number);
  for (let at = places[from]!; at <= places[from + number.length - 1]!; at += 1) hit[at] = true;
}
