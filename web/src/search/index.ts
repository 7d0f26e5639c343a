// The browser's own search: every summary becomes one folded string once, and each keystroke scans them; a key that only
// says more looks at those the last one found. No index: a scan stays inside one frame, and nothing has to be kept in step.
import { digits, fold, foldLetter, words } from './fold';
import type { Summary } from '@/api/types';

interface Folded {
  /** ` anna lind ⏎ all else ⏎` and the phones' digits, parted by `|`. Words stand between spaces, a name before all else. */
  all: string;
  nameEnd: number;
  phones: number;
}

const known = new WeakMap<Summary, Folded>();

export function folded(person: Summary): Folded {
  let found = known.get(person);
  if (!found) {
    const name = fold(person.name).join(' ');
    const rest = fold([person.company ?? '', person.title ?? '', ...person.emails].join(' ')).join(' ');
    const phones = person.phones.map(digits).join('|');
    // Joined, not added: the parts of a sum would be put together at the first key.
    const all = [' ', name, ' \n ', rest, ' ', person.emails.join(' ').toLowerCase(), ' \n', phones].join('');
    found = { all, nameEnd: name.length + 2, phones: all.length - phones.length };
    known.set(person, found);
  }
  return found;
}

/** As much of a list as is ready to be searched, from its beginning on. */
interface Ready {
  readonly folded: Folded[];
  /** What was asked last, and where in the list it was found. */
  last: { terms: Term[]; at: number[]; found: readonly Summary[] } | null;
}
const lists = new WeakMap<readonly Summary[], Ready>();
/** How many a key may make ready itself; the others are made ready while nothing else happens (`warm`), and found from then on. */
const AT_A_KEY = 2000;

function ready(people: readonly Summary[]): Ready {
  let book = lists.get(people);
  if (!book) lists.set(people, (book = { folded: [], last: null }));
  const before = book.folded.length;
  let most = AT_A_KEY;
  for (let n = before; n < people.length; n += 1) {
    const person = people[n]!;
    if (!known.has(person) && (most -= 1) < 0) break;
    book.folded.push(folded(person));
  }
  if (book.folded.length > before) book.last = null;
  return book;
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

/** Whether a needle lies in a part of somebody's text. */
function within(text: string, needle: string, from: number, to: number): boolean {
  const at = text.indexOf(needle, from);
  return at >= 0 && at < to;
}

/** What is looked for in the texts: a word's beginnings, or all the pairs of a CJK run. */
interface Needle {
  begins: string[];
  whole: string[];
  pairs: string[] | null;
}

function needle({ any, cjk }: Term['words'][number]): Needle {
  if (!cjk) return { begins: any.map((word) => ` ${word}`), whole: any.map((word) => ` ${word} `), pairs: null };
  // A CJK word lies in a text as one- and two-letter tokens.
  const letters = [...any[0]!];
  const pairs = letters.length === 1 ? [` ${letters[0]} `] : letters.slice(1).map((letter, at) => ` ${letters[at]}${letter} `);
  return { begins: [], whole: [], pairs };
}

function lies(one: Needle, text: string, from: number, to: number, whole: boolean): boolean {
  if (one.pairs) return one.pairs.every((pair) => within(text, pair, from, to));
  return (whole ? one.whole : one.begins).some((word) => within(text, word, from, to));
}

function rankOf({ all, nameEnd, phones }: Folded, needles: readonly Needle[], numbers: readonly string[]): number {
  if (needles.length > 0) {
    if (needles.every((one) => lies(one, all, 0, nameEnd, false))) return needles.every((one) => lies(one, all, 0, nameEnd, true)) ? WHOLE : PREFIX;
    if (needles.every((one) => lies(one, all, nameEnd, phones, false))) return ELSEWHERE;
  }
  return numbers.some((number) => all.includes(number, phones)) ? ELSEWHERE : NOWHERE;
}

/** Whether everybody who matches `now` also matched `before`: each of its words and numbers only goes on. */
export function narrows(before: readonly Term[], now: readonly Term[]): boolean {
  return before.length > 0 && before.length <= now.length && before.every((old, at) => {
    const term = now[at]!;
    const goesOn = old.words.length <= term.words.length && old.words.every((word, n) => {
      const next = term.words[n]!;
      if (word.cjk !== next.cjk) return false;
      // One letter alone is a token of its own, which a longer run need not have.
      if (word.cjk) return next.any[0] === word.any[0] || ([...word.any[0]!].length > 1 && next.any[0]!.startsWith(word.any[0]!));
      return next.any.every((spelling) => word.any.some((one) => spelling.startsWith(one)));
    });
    return goesOn && (old.words.length > 0 || term.words.length === 0) && term.numbers.every((number) => old.numbers.some((one) => number.includes(one)));
  });
}

/** People who match every term: whole words of the name first, then beginnings of words, then the rest; each group in list order. */
export function search(people: readonly Summary[], query: string): readonly Summary[] {
  const terms = parse(query);
  if (terms.length === 0) return [];
  const book = ready(people);
  const { last } = book;
  if (last && JSON.stringify(last.terms) === JSON.stringify(terms)) return last.found;
  const wanted = terms.map((term) => ({ needles: term.words.map(needle), numbers: term.numbers }));
  const ranked: Summary[][] = [[], [], []];
  const at: number[] = [];
  const look = (n: number) => {
    let worst = WHOLE;
    for (const { needles, numbers } of wanted) {
      const rank = rankOf(book.folded[n]!, needles, numbers);
      if (rank === NOWHERE) return;
      if (rank > worst) worst = rank;
    }
    ranked[worst]!.push(people[n]!);
    at.push(n);
  };
  if (last && narrows(last.terms, terms)) last.at.forEach(look);
  else for (let n = 0; n < book.folded.length; n += 1) look(n);
  const found = ranked.flat();
  book.last = { terms, at, found };
  return found;
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
