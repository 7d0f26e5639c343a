// What was changed in a form, as a merge patch of the card that touches nothing else: a member the form does not know
// keeps every byte.
import { BIRTHDAY_TEXT, componentsOf, FILE_AS, OWN_PHONETIC, type Card, type Member } from '../card';
import { addressesPatch, customPatch, dateOver, datesPatch, freshId, linesPatch, partialDate, recomposed, relationsPatch, servicesPatch, withoutNulls } from './lines';
import { first, isBirth, isTitle } from './read';
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

/** One text that lives in the first fitting member of a kind. */
function singlePatch(card: Card, kind: string, key: string, value: string, fits?: (member: Member) => boolean, more: Patch = {}): Patch {
  const known = first(card, kind, fits);
  const next = value.trim();
  if (known) {
    const alone = Object.keys(known[1]).every((name) => name === key || name === '@type' || name === 'kind');
    return { [kind]: { [known[0]]: next ? { [key]: next } : alone ? null : { [key]: null } } };
  }
  return next ? { [kind]: { [freshId(card, kind, new Set())]: { [key]: next, ...more } } } : {};
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

function workPatch(before: ContactForm, after: ContactForm, card: Card): Patch {
  if (before.company === after.company && before.department === after.department && before.phoneticCompany === after.phoneticCompany) return {};
  const known = first(card, 'organizations');
  const name = after.company.trim();
  const department = after.department.trim();
  if (!name && !department) return known ? { organizations: { [known[0]]: null } } : {};
  const change: Patch = {};
  if (before.company !== after.company) change.name = name || null;
  if (before.phoneticCompany !== after.phoneticCompany) change[OWN_PHONETIC] = after.phoneticCompany.trim() || null;
  if (before.department !== after.department) {
    const rest = ((known?.[1].units as unknown[] | undefined) ?? []).slice(1);
    const units = department ? [{ name: department }, ...rest] : rest;
    change.units = units.length > 0 ? units : null;
  }
  return { organizations: { [known?.[0] ?? freshId(card, 'organizations', new Set())]: known ? change : withoutNulls(change) } };
}

/** What was changed, as a merge patch of the card; empty when nothing was. */
export function patchOf(before: ContactForm, after: ContactForm, card: Card): Patch {
  const patch: Patch = {
    ...namePatch(before, after, card),
    ...workPatch(before, after, card),
    ...linesPatch(card, 'emails', before.emails, after.emails),
    ...linesPatch(card, 'phones', before.phones, after.phones),
    ...linesPatch(card, 'links', before.links, after.links),
    ...addressesPatch(card, before.addresses, after.addresses),
    ...servicesPatch(card, before.services, after.services),
    ...relationsPatch(card, before.relations, after.relations),
    ...customPatch(card, before.custom, after.custom),
    ...allDatesPatch(before, after, card),
  };
  if (before.nickname !== after.nickname) Object.assign(patch, singlePatch(card, 'nicknames', 'name', after.nickname));
  if (before.title !== after.title) Object.assign(patch, singlePatch(card, 'titles', 'name', after.title, isTitle, { kind: 'title' }));
  if (before.notes !== after.notes) Object.assign(patch, singlePatch(card, 'notes', 'note', after.notes));
  if (before.fileAs !== after.fileAs) {
    if (after.fileAs.trim()) patch[FILE_AS] = after.fileAs.trim();
    else if (card[FILE_AS] !== undefined) patch[FILE_AS] = null;
  }
  return patch;
}
