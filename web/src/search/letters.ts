// Which letter is written like which: the tables behind folding. The server's twin is crates/core/src/search/letters.rs;
// fixtures/folding.json holds both to the same answers.

/** Typed between the letters of one word and not heard: apostrophes, invisible signs, the Arabic stretching stroke. */
export const DROPPED =
  /['`´‘’‛ʹʻʼʽˊˋ′＇׳״ـ\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/u;

/** What joins two halves of one name. */
export const HYPHEN = /[-‐‑‒–﹣－֊־゠]/u;

export const MARK = /\p{M}/u;
export const LETTER_OR_DIGIT = /[\p{Alphabetic}\p{N}]/u;

/** Letters whose marks are an accent that people leave out: Latin, Greek, Cyrillic, Hebrew, Arabic. Elsewhere marks are vowels. */
export const LOOSE =
  /[\u0000-\u02af\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f\u0590-\u05ff\ufb1d-\ufb4f\u0600-\u06ff\u0750-\u077f\u0870-\u08ff]/u;

/** Scripts without spaces whose words are short: searched by one and two letters. */
export const CJK =
  /[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{323af}\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\u3105-\u312f\u31a0-\u31bf]/u;

/** Letters with a plain spelling of their own, after case folding and without their marks. */
export const PLAIN: Readonly<Record<string, string>> = {
  æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ŧ: 't', ŋ: 'n', ı: 'i', ς: 'σ', ٱ: 'ا', ى: 'ي', ی: 'ي', ة: 'ه', ک: 'ك',
};

/** German spelling: ä is `ae` to some and `a` to others, so both are kept. */
export const GERMAN: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' };

/** Katakana as hiragana; the long mark stays. */
export function hiragana(letter: string): string {
  const code = letter.codePointAt(0)!;
  return (code >= 0x30a1 && code <= 0x30f6) || code === 0x30fd || code === 0x30fe ? String.fromCodePoint(code - 0x60) : letter;
}

const DIGIT = /\p{Nd}/u;
/** Where each script's decimal digits begin; nine more follow. */
const ZEROS = [
  0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810,
  0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
  0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
  0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
];

/** The ASCII digit of a decimal digit in any script; nothing for other letters. */
export function digit(letter: string): string | undefined {
  const code = letter.codePointAt(0)!;
  if (code < 0x80) return code >= 0x30 && code <= 0x39 ? letter : undefined;
  if (!DIGIT.test(letter)) return undefined;
  const zero = ZEROS.findLast((start) => start <= code)!;
  return code - zero <= 9 ? String(code - zero) : undefined;
}
