// Folding: any text, in any script, to the tokens it is found by. Names and queries both come through here. The server
// folds alike (crates/core/src/search/fold.rs); fixtures/folding.json holds both to it.
import { CJK, digit, DROPPED, GERMAN, hiragana, HYPHEN, LETTER_OR_DIGIT, LOOSE, MARK, PLAIN } from './letters';

/** Letters of a token; the rest of a longer run is not indexed. */
const TOKEN_MAX = 64;
/** Halves of a name that are also kept joined (`Anne-Marie` → `annemarie`); a longer chain is only split. */
const JOINED_MAX = 6;

/** A run of letters: its spellings (two where umlauts are written as `a` or `ae`), or a run of Chinese, Japanese, Korean. */
export type Part = { spellings: string[]; cjk?: undefined } | { cjk: string; spellings?: undefined };
export interface Word {
  parts: Part[];
  joined: string[];
}

interface Unit {
  letter: string;
  mark: boolean;
  counts: boolean;
  hyphen: boolean;
  cjk: boolean;
}
interface Facts {
  mark: boolean;
  german: string | undefined;
  units: Unit[];
}

function unit(letter: string): Unit {
  return { letter, mark: MARK.test(letter), counts: LETTER_OR_DIGIT.test(letter), hyphen: HYPHEN.test(letter), cjk: CJK.test(letter) };
}

/** A folded, composed letter taken apart; a mark at its head falls when the letter before lets it. */
function takeApart(letter: string, looseBefore: boolean): Unit[] {
  const number = digit(letter);
  if (number !== undefined) return [unit(number)];
  let loose = looseBefore;
  let kept = '';
  for (const piece of letter.normalize('NFD')) {
    if (!MARK.test(piece)) {
      loose = LOOSE.test(piece);
      kept += PLAIN[piece] ?? piece;
    } else if (!loose) {
      kept += piece;
    }
  }
  return [...kept.normalize('NFC')].map((piece) => unit(hiragana(piece)));
}

// A book repeats a few hundred letters millions of times: each is looked at once.
const known = new Map<string, Facts>();

function factsOf(letter: string): Facts {
  let facts = known.get(letter);
  if (!facts) {
    facts = { mark: MARK.test(letter), german: GERMAN[letter], units: takeApart(letter, true) };
    known.set(letter, facts);
  }
  return facts;
}

/** Full case folding, letter by letter: ẞ and ß to ss, ﬁnal sigma to sigma. */
function foldCase(text: string): string {
  let out = '';
  for (const letter of text) out += letter.toLowerCase().toUpperCase().toLowerCase();
  return out;
}

function without(text: string): string {
  return DROPPED.test(text) ? [...text].filter((letter) => !DROPPED.test(letter)).join('') : text;
}

class Reader {
  readonly words: Word[] = [];
  private parts: Part[] = [];
  private run = '';
  private german: string | null = null;
  private length = 0;
  private cjk = false;

  read(text: string) {
    // NFKC may bring apostrophes of its own (ŉ), and folding may undo it (ǰ): compose once more.
    for (const letter of without(foldCase(without(text).normalize('NFKC'))).normalize('NFC')) {
      const facts = factsOf(letter);
      const units = facts.mark && this.run !== '' && !LOOSE.test([...this.run].at(-1)!) ? takeApart(letter, false) : facts.units;
      for (const one of units) this.take(one, facts.german);
    }
    this.endWord();
  }

  private take(one: Unit, german: string | undefined) {
    if (one.mark) {
      // It belongs to the letter before it. Han, kana and Hangul that did not compose with it do without.
      if (this.run !== '' && !this.cjk) this.push(one, german);
    } else if (one.counts) this.push(one, german);
    else if (one.hyphen) this.endPart();
    else this.endWord();
  }

  private push(one: Unit, german: string | undefined) {
    // "ABC株式会社": another script begins another word.
    if (this.run !== '' && one.cjk !== this.cjk) this.endWord();
    this.cjk = one.cjk;
    this.length += 1;
    if (this.length > TOKEN_MAX && !one.cjk) return;
    if (german !== undefined) this.german = (this.german ?? this.run) + german;
    else if (this.german !== null) this.german += one.letter;
    this.run += one.letter;
  }

  private endPart() {
    if (this.run !== '') {
      const spellings = this.german === null ? [this.run] : [this.run, this.german];
      this.parts.push(this.cjk ? { cjk: this.run } : { spellings });
    }
    this.run = '';
    this.german = null;
    this.length = 0;
  }

  private endWord() {
    this.endPart();
    if (this.parts.length > 0) this.words.push({ parts: this.parts, joined: joined(this.parts) });
    this.parts = [];
  }
}

function joined(parts: readonly Part[]): string[] {
  if (parts.length < 2 || parts.length > JOINED_MAX) return [];
  let plain = '';
  let german = '';
  for (const { spellings } of parts) {
    if (!spellings) return [];
    plain += spellings[0]!;
    german += spellings.at(-1)!;
  }
  if ([...plain].length > TOKEN_MAX || [...german].length > TOKEN_MAX) return [];
  return plain === german ? [plain] : [plain, german];
}

/** The words of a text, with their spellings. */
export function words(text: string): Word[] {
  const reader = new Reader();
  reader.read(text);
  return reader.words;
}

const SIMPLE = /^[\x20-\x26\x28-\x2c\x2e-\x5f\x61-\x7e]*$/;
const SHORT = /^(?:[^a-z0-9]*[a-z0-9]{1,64}(?![a-z0-9]))*[^a-z0-9]*$/;

/** The tokens of a text, in reading order, repeats included. */
export function fold(text: string): string[] {
  if (text.length < 200 && SIMPLE.test(text)) {
    const lower = text.toLowerCase();
    if (SHORT.test(lower)) return lower.split(/[^a-z0-9]+/).filter(Boolean);
  }
  const found: string[] = [];
  for (const { parts, joined: whole } of words(text)) {
    for (const part of parts) {
      if (part.spellings) found.push(...part.spellings);
      else pairs(part.cjk, found);
    }
    found.push(...whole);
  }
  return found;
}

function pairs(run: string, into: string[]) {
  const letters = [...run];
  letters.forEach((letter, at) => {
    into.push(letter);
    if (at + 1 < letters.length) into.push(letter + letters[at + 1]!);
  });
}

/** One letter as it lies in a folded text, for marking matches and for the letter rail. */
export function foldLetter(letter: string): string {
  const [word] = words(letter);
  const part = word?.parts[0];
  return part?.spellings?.[0] ?? part?.cjk ?? (MARK.test(letter) || DROPPED.test(letter) ? '' : letter.toLowerCase());
}

/** The digits of a text, of any script, as 0–9. */
export function digits(text: string): string {
  let out = '';
  for (const letter of text) out += digit(letter) ?? '';
  return out;
}
