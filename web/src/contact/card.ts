// The card as the pages read it: JSContact (RFC 9553) with Rolo's own members. Only what the pages show or edit has a
// type; everything else stays in the object untouched.

export interface Component {
  kind: string;
  value: string;
  phonetic?: string;
}
export interface Member {
  label?: string;
  contexts?: Record<string, boolean>;
  features?: Record<string, boolean>;
  pref?: number;
  [more: string]: unknown;
}
export type Members = Record<string, Member>;
export type Card = Record<string, unknown>;

/** Members JSContact has no name for carry this prefix. */
export const OWN_LABEL = 'rolo:label';
export const FILE_AS = 'rolo:fileAs';
export const CUSTOM_FIELDS = 'rolo:customFields';
export const OWN_PHONETIC = 'rolo:phonetic';
export const BIRTHDAY_TEXT = 'rolo:birthdayText';
export const GENDER = 'rolo:gender';

export function members(card: Card, name: string): [string, Member][] {
  const all = card[name];
  if (typeof all !== 'object' || all === null || Array.isArray(all)) return [];
  return Object.entries(all as Members).filter(([, member]) => typeof member === 'object' && member !== null);
}

export function componentsOf(holder: unknown): Component[] {
  const all = (holder as { components?: unknown } | undefined)?.components;
  return Array.isArray(all) ? (all as Component[]).filter((one) => typeof one?.value === 'string' && typeof one.kind === 'string') : [];
}

export function part(components: readonly Component[], kind: string): string {
  return components.filter((one) => one.kind === kind).map((one) => one.value).join(' ');
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

const NAME_ORDER = ['title', 'given', 'given2', 'surname', 'surname2', 'generation', 'credential'];

/** One line: a name may come with newlines, tabs and doubled spaces. */
const tidy = (text: string) => text.split(/[\s\p{Cc}]+/u).filter(Boolean).join(' ');

function composed(name: unknown): string {
  const components = componentsOf(name);
  return (name as { isOrdered?: unknown } | undefined)?.isOrdered === true
    ? components.filter((one) => one.kind !== 'separator').map((one) => one.value).join(' ')
    : NAME_ORDER.map((kind) => part(components, kind)).join(' ');
}

/** The name in full; without one the company, nickname, e-mail, phone or website stands in. The list's names are made alike. */
export function nameOf(card: Card): string {
  const firstOf = (member: string, key: string) => members(card, member).map(([, one]) => tidy(textOf(one[key]))).find(Boolean);
  return tidy(textOf((card.name as { full?: unknown } | undefined)?.full)) || tidy(composed(card.name)) || firstOf('organizations', 'name') || firstOf('nicknames', 'name')
    || firstOf('emails', 'address') || firstOf('phones', 'number') || firstOf('links', 'uri') || '';
}

const CJK = '[\\u3005-\\u3007\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\u2e80-\\u2fdf\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{323af}\\u1100-\\u11ff\\u3131-\\u318e\\ua960-\\ua97f\\uac00-\\ud7ff\\u3105-\\u312f\\u31a0-\\u31bf]';
const OTHER = '[^\\p{Alphabetic}\\p{N}]';
const ALL_CJK = new RegExp(`^(?:${CJK}|${OTHER})*$`, 'u');
const BREAK = new RegExp(`^(?:$|${CJK}|${OTHER})`, 'u');

/** The name with the family name in front, made as the list's is; nothing where that is no other. */
export function familyFirstOf(card: Card): string | undefined {
  const components = componentsOf(card.name);
  const parts = (...kinds: string[]) => tidy(kinds.map((kind) => part(components, kind)).join(' '));
  const family = parts('surname', 'surname2');
  if (!family || !parts('given', 'given2')) return undefined;
  const shown = nameOf(card);
  if (shown.startsWith(family) && BREAK.test(shown.slice(family.length)) && shown !== parts(...NAME_ORDER)) return undefined;
  const rest = parts('title', 'given', 'given2', 'generation', 'credential');
  const at = (start: string) => components.findIndex((one) => one.kind === start || one.kind === `${start}2`);
  const isInFront = (card.name as { isOrdered?: unknown }).isOrdered === true && at('surname') < at('given');
  const turned = isInFront ? tidy(composed(card.name)) : ALL_CJK.test(family + rest) ? `${family} ${rest}` : `${family}, ${rest}`;
  return turned === shown ? undefined : turned;
}

const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** The version of a card's photo, which its line in the list says too; nothing for a small one, which lies in the card itself. */
export function photoIn(card: Card): string | undefined {
  const photos = members(card, 'media').filter(([, one]) => one.kind === 'photo' && IMAGES.includes(textOf(one.mediaType))).map(([, one]) => textOf(one.uri));
  return /^rolo:blob:([0-9a-f]+)$/.exec(photos.find((uri) => /^(?:data|rolo:blob):/.test(uri)) ?? '')?.[1];
}

/** The most special thing a member says about itself: a word of the table, or the user's own text. */
export function labelOf(member: Member): string {
  const own = textOf(member.label) || textOf(member[OWN_LABEL]);
  if (own) return own;
  const has = (which: 'contexts' | 'features', name: string) => member[which]?.[name] === true;
  const where = has('contexts', 'work') ? 'work' : has('contexts', 'private') ? 'home' : '';
  for (const feature of ['fax', 'pager', 'mobile']) if (has('features', feature)) return where ? `${where} ${feature}` : feature;
  if (has('features', 'main-number')) return 'main';
  if (has('contexts', 'billing')) return 'billing';
  if (has('contexts', 'delivery')) return 'delivery';
  return where;
}

export type Labelled = 'emails' | 'phones' | 'addresses' | 'links' | 'services';
/** Services people have accounts with; any other name may be typed. */
export const SERVICES: readonly string[] = ['Matrix', 'Signal', 'WhatsApp', 'Telegram', 'XMPP', 'Threema', 'Skype', 'Mastodon', 'Bluesky', 'LinkedIn', 'Instagram', 'GitHub'];
export const DATE_WORDS: readonly string[] = ['anniversary', 'date of death', 'other'];
/** What JSContact calls the things somebody likes or knows. */
export const INTERESTS: readonly string[] = ['hobby', 'interest', 'expertise'];
/** The words each kind offers; anything else is kept as the user's own text. */
export const LABELS: Readonly<Record<Labelled, readonly string[]>> = {
  emails: ['home', 'work', 'other'],
  phones: ['mobile', 'home', 'work', 'main', 'work mobile', 'home fax', 'work fax', 'pager', 'other'],
  addresses: ['home', 'work', 'billing', 'delivery', 'other'],
  links: ['home page', 'profile', 'blog', 'work', 'home'],
  services: ['home', 'work', 'other'],
};

/** What a merge patch must say so that a member carries a label and no other. */
export function labelPatch(kind: Labelled, label: string, before: Member | undefined): Record<string, unknown> {
  const words = label === 'main' ? ['main-number'] : label.split(' ');
  const wanted = { contexts: {} as Record<string, boolean>, features: {} as Record<string, boolean> };
  const said = words.every((word) => {
    if (word === 'work') wanted.contexts.work = true;
    else if (word === 'home') wanted.contexts.private = true;
    else if (kind === 'addresses' && (word === 'billing' || word === 'delivery')) wanted.contexts[word] = true;
    else if (kind === 'phones' && ['mobile', 'fax', 'pager', 'main-number'].includes(word)) wanted.features[word] = true;
    else return false;
    return true;
  });
  const ownMember = kind === 'addresses' ? OWN_LABEL : 'label';
  const patch: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => {
    const empty = value === '' || (typeof value === 'object' && Object.keys(value as object).length === 0);
    if (!empty) patch[name] = value;
    else if (before?.[name] !== undefined) patch[name] = null;
  };
  const clear = (name: 'contexts' | 'features', to: Record<string, boolean>) => {
    const keep: Record<string, boolean | null> = { ...to };
    // Features such as `voice` say nothing a label would: they stay.
    for (const old of Object.keys(before?.[name] ?? {})) if (!(old in to) && old !== 'voice' && old !== 'text') keep[old] = null;
    if (Object.keys(to).length > 0) patch[name] = keep;
    else if (Object.values(keep).some((value) => value === null)) patch[name] = keep;
  };
  clear('contexts', said ? wanted.contexts : {});
  clear('features', said ? wanted.features : {});
  set(ownMember, said ? '' : label);
  return patch;
}
