// Gender (RFC 6350 §6.2.7): a letter, or the person's own words; in the form one text, of which some are the words for letters.
import { textOf, type Member } from './card';

const LETTERS: Readonly<Record<string, string>> = { F: 'female', M: 'male', O: 'other', N: 'not applicable', U: 'unknown' };
export const GENDER_WORDS: readonly string[] = Object.values(LETTERS);

export function genderOf(value: unknown): string {
  const member = (typeof value === 'object' && value !== null ? value : {}) as Member;
  return textOf(member.text) || (LETTERS[textOf(member.sex)] ?? '');
}

/** Everything it says: the word for the letter, and the own words beside it. */
export function genderWords(value: unknown): string[] {
  const member = (typeof value === 'object' && value !== null ? value : {}) as Member;
  return [LETTERS[textOf(member.sex)] ?? textOf(member.sex), textOf(member.text)].filter(Boolean);
}

/** What the card says for it. Own words leave the letter beside them as it is. */
export function genderPatch(text: string, known: unknown): Record<string, unknown> | null {
  const word = text.trim();
  if (!word) return null;
  const old = (typeof known === 'object' && known !== null ? known : {}) as Member;
  const letter = Object.entries(LETTERS).find(([, one]) => one === word)?.[0];
  if (!letter) return { text: word };
  return { sex: letter, ...(old.text === undefined ? {} : { text: null }) };
}
