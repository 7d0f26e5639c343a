// What somebody is to somebody else: a word of the label table is a relation of JSContact, sometimes with the exact word
// beside it; anything else is the user's own text.
import { OWN_LABEL, textOf, type Member } from './card';

const RELATIONS: Readonly<Record<string, { relation: string; exact?: true }>> = {
  spouse: { relation: 'spouse' }, child: { relation: 'child' }, parent: { relation: 'parent' }, sibling: { relation: 'sibling' }, friend: { relation: 'friend' },
  partner: { relation: 'sweetheart' }, relative: { relation: 'kin' }, 'co-worker': { relation: 'co-worker' },
  mother: { relation: 'parent', exact: true }, father: { relation: 'parent', exact: true }, brother: { relation: 'sibling', exact: true },
  sister: { relation: 'sibling', exact: true }, manager: { relation: 'co-worker', exact: true }, assistant: { relation: 'co-worker', exact: true },
  'domestic partner': { relation: 'spouse', exact: true },
};

/** The words a relation offers. */
export const RELATION_WORDS: readonly string[] = [
  'spouse', 'partner', 'child', 'mother', 'father', 'parent', 'brother', 'sister', 'friend', 'relative', 'manager', 'assistant', 'co-worker', 'domestic partner',
];

export function relationOf(member: Member): string {
  const own = textOf(member.label) || textOf(member[OWN_LABEL]);
  if (own) return own;
  const known = Object.keys((member.relation as Record<string, boolean> | undefined) ?? {});
  return Object.entries(RELATIONS).find(([, { relation, exact }]) => !exact && known.includes(relation))?.[0] ?? known[0] ?? '';
}

/** The members a relation of this word has. */
export function relationMembers(word: string): Record<string, unknown> {
  const known = RELATIONS[word];
  if (known) return { relation: { [known.relation]: true }, ...(known.exact ? { [OWN_LABEL]: word } : {}) };
  return word ? { [OWN_LABEL]: word } : {};
}
