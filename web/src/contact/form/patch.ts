// What was changed in a form, as a merge patch of the card that touches nothing else: a member the form does not know
// keeps every byte.
import { BIRTHDAY_TEXT, componentsOf, FILE_AS, GENDER, type Card } from '../card';
import { genderPatch } from '../gender';
import { jobsPatch } from './jobs';
import { addressesPatch, customPatch, dateOver, datesPatch, freshId, interestsPatch, linesPatch, partialDate, recomposed, relationsPatch, servicesPatch, withoutNulls } from './lines';
import { first, isBirth } from './read';
import { isEmptyDate, type ContactForm } from './shape';

type Patch = Record<string, unknown>;

const NAME_PARTS = [['prefix', 'title'], ['given', 'given'], ['given2', 'given2'], ['surname', 'surname'], ['suffix', 'credential']] as const;
const PHONETIC = [['phoneticGiven', 'given'], ['phoneticGiven2', 'given2'], ['phoneticSurname', 'surname']] as const;

function scriptOf(text: string): string {
  if (/\p{Script=Katakana}/u.test(text)) return 'Kana';
  if (/\p{Script=Hiragana}/u.test(text)) return 'Hira';
  if (/\p{Script=Hangul}/u.test(text)) return 'Hang';
  return /\p{Script=Latin}/u.test(text) ? 'Latn' : 'Zyyy';
}

function namePatch(before: ContactForm, after: ContactForm, card: Card): Patch {
  const values = new Map<string, string>();
  for (const [field, kind] of NAME_PARTS) if (before[field] !== after[field]) values.set(kind, after[field]);
  const spoken = PHONETIC.filter(([field]) => before[field] !== after[field]);
  if (values.size === 0 && spoken.length === 0) return {};
  const components = recomposed(componentsOf(card.name), values).map((component) => ({ ...component }));
  for (const [field, kind] of spoken) {
    const component = components.find((one) => one.kind === kind);
    if (!component) continue;
    if (after[field].trim()) component.phonetic = after[field].trim();
    else delete component.phonetic;
  }
  if (components.length === 0) return card.name ? { name: null } : {};
  const said = components.map((component) => component.phonetic ?? '').join('');
  return { name: { components, ...(spoken.length > 0 && said ? { phoneticScript: scriptOf(said) } : {}) } };
}

/** The birthday shares its place in the card with other dates. */
function allDatesPatch(before: ContactForm, after: ContactForm, card: Card): Patch {
  const others = datesPatch(card, before.dates, after.dates);
  if (before.day === after.day && before.month === after.month && before.year === after.year) return others;
  const known = first(card, 'anniversaries', isBirth);
  const taken = new Set(Object.keys((others.anniversaries as Patch | undefined) ?? {}));
  const birth: Patch = {};
  if (!isEmptyDate(after)) birth[known?.[0] ?? freshId(card, 'anniversaries', taken)] = known ? dateOver(known[1], after) : { kind: 'birth', date: withoutNulls(partialDate(after)) };
  else if (known) birth[known[0]] = null;
  const all = { ...(others.anniversaries as Patch | undefined), ...birth };
  return { ...(Object.keys(all).length > 0 ? { anniversaries: all } : {}), ...(card[BIRTHDAY_TEXT] === undefined ? {} : { [BIRTHDAY_TEXT]: null }) };
}

/** What was changed, as a merge patch of the card; empty when nothing was. */
export function patchOf(before: ContactForm, after: ContactForm, card: Card): Patch {
  const patch: Patch = {
    ...namePatch(before, after, card),
    ...jobsPatch(card, before.jobs, after.jobs),
    ...linesPatch(card, 'nicknames', before.nicknames, after.nicknames),
    ...linesPatch(card, 'notes', before.notes, after.notes),
    ...linesPatch(card, 'pronouns', before.pronouns, after.pronouns),
    ...linesPatch(card, 'languages', before.languages, after.languages),
    ...interestsPatch(card, before.interests, after.interests),
    ...linesPatch(card, 'emails', before.emails, after.emails),
    ...linesPatch(card, 'phones', before.phones, after.phones),
    ...linesPatch(card, 'links', before.links, after.links),
    ...addressesPatch(card, before.addresses, after.addresses),
    ...servicesPatch(card, before.services, after.services),
    ...relationsPatch(card, before.relations, after.relations),
    ...customPatch(card, before.custom, after.custom),
    ...allDatesPatch(before, after, card),
  };
  if (before.gender !== after.gender) patch[GENDER] = genderPatch(after.gender, card[GENDER]);
  if (before.fileAs !== after.fileAs) {
    if (after.fileAs.trim()) patch[FILE_AS] = after.fileAs.trim();
    else if (card[FILE_AS] !== undefined) patch[FILE_AS] = null;
  }
  return patch;
}
