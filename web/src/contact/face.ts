// What stands in for a photo: a letter of the name on a hue that comes from the id, so renaming never recolours.

export const HUES = [25, 60, 95, 145, 175, 205, 240, 275, 310, 345] as const;

export function hueOf(id: string): number {
  let sum = 0;
  for (let at = 0; at < id.length; at += 1) sum = (sum * 31 + id.charCodeAt(at)) >>> 0;
  return HUES[sum % HUES.length]!;
}

const LETTER = /[\p{L}\p{N}]/u;
const ASCII = /[A-Za-z0-9]/;
/** Most names begin with a letter of these; classes of all letters are slow to make ready. */
const isLetter = (letter: string) => ASCII.test(letter) || (letter.charCodeAt(0) > 127 && LETTER.test(letter));

function hasLetter(word: string): boolean {
  for (const letter of word) if (isLetter(letter)) return true;
  return false;
}

/** A few letters and a full stop, such as “Dr.”. */
function isAbbreviation(word: string): boolean {
  if (!word.endsWith('.')) return false;
  const letters = [...word.slice(0, -1)];
  return letters.length >= 1 && letters.length <= 5 && letters.every((letter) => isLetter(letter) && !/\p{N}/u.test(letter));
}

/** The first letter of a name, past titles such as “Dr.”; nothing when there is no letter. */
export function initialOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words.find((word, at) => hasLetter(word) && !(at < words.length - 1 && isAbbreviation(word))) ?? words[0] ?? '';
  for (const letter of first) if (isLetter(letter)) return letter.toUpperCase();
  return '';
}

/** Where the photo of a card lies; its version is part of the address, so it may be kept for ever. */
export function photoOf(id: string, version: string | null | undefined): string | undefined {
  return version ? `/v1/contacts/${encodeURIComponent(id)}/photo?v=${encodeURIComponent(version)}` : undefined;
}
