// Folding: how a name or a word becomes what search compares. The same rules run in the server; fixtures/folding.json
// holds the vectors that keep both honest. Marks fall only where they are decoration: an Indic or Thai vowel is a mark too.

const DECORATED = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/u;
const MARK = /\p{M}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}\p{M}]/u;
const APOSTROPHE = /['’‘ʼʻ`´′＇]/u;
const HYPHEN = /[-‐‑‒–—−－]/u;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]/u;

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', ς: 'σ', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', þ: 'th', ı: 'i',
  ё: 'е', أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ى: 'ي', ة: 'ه', ـ: '',
};
const UMLAUTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' };

function kana(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - 0x60) : letter;
}

/** One character, folded. `umlaut` says how ä ö ü are read: as a o u, or as ae oe ue. */
export function foldLetter(letter: string, umlaut = false): string {
  let out = '';
  let decorated = false;
  for (const lower of letter.normalize('NFKC').toLowerCase().normalize('NFC')) {
    if (umlaut && UMLAUTS[lower]) {
      out += UMLAUTS[lower];
      continue;
    }
    const whole = LETTERS[lower];
    if (whole !== undefined) {
      out += whole;
      continue;
    }
    for (const part of lower.normalize('NFD')) {
      if (MARK.test(part)) {
        if (!decorated) out += part;
        continue;
      }
      decorated = DECORATED.test(part);
      out += kana(LETTERS[part] ?? part);
    }
  }
  return out;
}

interface Facts {
  mark: boolean;
  decorated: boolean;
  plain: string;
  umlaut: string;
}
const facts = new Map<string, Facts>();

/** A book repeats a few hundred letters millions of times: each is looked at once. */
function factsOf(letter: string): Facts {
  let known = facts.get(letter);
  if (!known) {
    const plain = foldLetter(letter);
    known = {
      mark: MARK.test(letter),
      decorated: DECORATED.test(letter) || plain === '',
      plain,
      umlaut: foldLetter(letter, true),
    };
    facts.set(letter, known);
  }
  return known;
}

function foldRun(text: string, umlaut: boolean): string {
  let out = '';
  let decorated = false;
  for (const letter of text) {
    const fact = factsOf(letter);
    if (fact.mark) {
      if (!decorated) out += letter;
      continue;
    }
    decorated = fact.decorated;
    out += umlaut ? fact.umlaut : fact.plain;
  }
  return out.normalize('NFC');
}

const PLAIN = /^[\x20-\x7e]*$/;

/** The words of a text before folding: apostrophes fall out, hyphens part it (each hyphened word is kept joined as well). */
function pieces(text: string): string[] {
  const found: string[] = [];
  let word = '';
  let parts: string[] = [];
  const closePart = () => {
    if (word) parts.push(word);
    word = '';
  };
  const closeWord = () => {
    closePart();
    found.push(...parts);
    if (parts.length > 1) found.push(parts.join(''));
    parts = [];
  };
  for (const letter of text.normalize('NFKC')) {
    if (APOSTROPHE.test(letter)) continue;
    if (LETTER_OR_DIGIT.test(letter)) word += letter;
    else if (HYPHEN.test(letter)) closePart();
    else closeWord();
  }
  closeWord();
  return found;
}

/** A run of Chinese, Japanese or Korean becomes tokens of one and two letters; the rest stays whole. */
function shingles(word: string): string[] {
  const out: string[] = [];
  let plain = '';
  let run: string[] = [];
  const flush = () => {
    if (plain) out.push(plain);
    plain = '';
    for (let at = 0; at < run.length; at += 1) {
      out.push(run[at]!);
      if (at + 1 < run.length) out.push(run[at]! + run[at + 1]!);
    }
    run = [];
  };
  for (const letter of word) {
    if (CJK.test(letter)) {
      if (plain) flush();
      run.push(letter);
    } else if (MARK.test(letter) && run.length > 0) {
      run[run.length - 1] += letter;
    } else {
      if (run.length > 0) flush();
      plain += letter;
    }
  }
  flush();
  return out;
}

/** Every token a text is found by, each once, in order of appearance. */
export function tokens(text: string): string[] {
  if (PLAIN.test(text) && !/['`-]/.test(text)) {
    return [...new Set(text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean))];
  }
  const found = new Set<string>();
  for (const piece of pieces(text)) {
    const spellings = new Set([foldRun(piece, false), foldRun(piece, true)]);
    for (const spelling of spellings) for (const token of shingles(spelling)) if (token) found.add(token);
  }
  return [...found];
}

/** One spelling of a text, for looking where a match lies: no shingles, no second reading of umlauts. */
export function foldPlain(text: string): string {
  return foldRun(text, false);
}

/** The words of a query: each must be found, in any order. A CJK run stays whole and is looked for inside words. */
export function queryWords(text: string): string[] {
  return [...new Set(pieces(text.replace(/[-‐‑‒–—−－]/gu, ' ')).map((piece) => foldRun(piece, false)).filter(Boolean))];
}

export function isCjk(word: string): boolean {
  return CJK.test(word);
}

const DIGIT_ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0xff10];

/** The digits of a text, of any script, as 0–9. */
export function digits(text: string): string {
  let out = '';
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    for (const zero of DIGIT_ZEROS) {
      if (code >= zero && code <= zero + 9) {
        out += String(code - zero);
        break;
      }
    }
  }
  return out;
}
