// The browser's own search: every summary becomes three folded strings once, and each keystroke scans them.
// No index: at 25,000 people a scan stays inside one frame, and nothing has to be kept in step.
import { digits, fold, foldLetter, words } from './fold';
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
      name: ` ${fold(person.name).join(' ')} `,
      rest: ` ${fold([person.company ?? '', person.title ?? '', ...person.emails].join(' ')).join(' ')} ${person.emails.join(' ').toLowerCase()} `,
      phones: person.phones.map(digits).join('|'),
    };
    known.set(person, found);
  }
  return found;
}

export interface Term {
  /** Each must be found; a word in any of its spellings, a CJK run by all its pairs of letters. */
  words: { any: string[]; cjk: boolean }[];
  /** Digits as typed, and without leading zeros; empty when the term is no number. */
  numbers: string[];
}

const NUMBER = /^[+(]?\p{Nd}[\p{Nd}()./+-]*$/u;

function wordsOf(text: string): Term['words'] {
  return words(text).flatMap(({ parts }) =>
    parts.map((part) => (part.spellings ? { any: part.spellings, cjk: false } : { any: [part.cjk], cjk: true })));
}

/** What a query asks: words, and runs of digits that may be a phone number in any notation. */
export function parse(query: string): Term[] {
  const terms: Term[] = [];
  let run = '';
  const close = () => {
    if (run === '') return;
    const typed = digits(run);
    terms.push({ words: wordsOf(run), numbers: [...new Set([typed, typed.replace(/^0+/, '')])].filter((number) => number.length >= 2) });
    run = '';
  };
  for (const piece of query.trim().split(/\s+/).filter(Boolean)) {
    if (NUMBER.test(piece)) {
      run = run === '' ? piece : `${run} ${piece}`;
      continue;
    }
    close();
    for (const word of wordsOf(piece)) terms.push({ words: [word], numbers: [] });
  }
  close();
  return terms;
}

const WHOLE = 0;
const PREFIX = 1;
const ELSEWHERE = 2;
const NOWHERE = 3;

function inWords(haystack: string, wanted: Term['words'], whole: boolean): boolean {
  return wanted.length > 0 && wanted.every(({ any, cjk }) =>
    cjk ? paired(haystack, any[0]!) : any.some((word) => haystack.includes(whole ? ` ${word} ` : ` ${word}`)));
}

/** A CJK word lies in the haystack as one- and two-letter tokens: all its pairs must be there. */
function paired(haystack: string, word: string): boolean {
  const letters = [...word];
  if (letters.length === 1) return haystack.includes(` ${word} `);
  return letters.slice(1).every((letter, at) => haystack.includes(` ${letters[at]}${letter} `));
}

function rank(person: Summary, terms: Term[]): number {
  const { name, rest, phones } = folded(person);
  let worst = WHOLE;
  for (const { words: wanted, numbers } of terms) {
    let at = NOWHERE;
    if (inWords(name, wanted, true)) at = WHOLE;
    else if (inWords(name, wanted, false)) at = PREFIX;
    else if (numbers.some((number) => phones.includes(number)) || inWords(rest, wanted, false)) at = ELSEWHERE;
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
    for (const unit of foldLetter(letter)) {
      plain += unit;
      for (let n = 0; n < unit.length; n += 1) starts.push(at);
    }
  });
  const markRange = (from: number, to: number) => {
    for (let at = starts[from] ?? 0; at <= (starts[to - 1] ?? -1); at += 1) hit[at] = true;
  };
  for (const { words: wanted, numbers } of terms) {
    for (const { any, cjk } of wanted) {
      for (const word of any) {
        for (let from = plain.indexOf(word); from >= 0; from = plain.indexOf(word, from + 1)) {
          if (cjk || from === 0 || !/[\p{L}\p{N}]/u.test(plain[from - 1]!)) markRange(from, from + word.length);
        }
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
