// The form of a contact and back: what a card says, as fields; and what was changed in them, as a merge patch that touches
// nothing else. A member the form does not know keeps every byte.
import {
  BIRTHDAY_TEXT, componentsOf, FILE_AS, labelOf, labelPatch, members, part, textOf, type Card, type Component, type Member,
} from './card';

export interface Line {
  /** The member's id in the card; null for a line that is new. */
  id: string | null;
  key: number;
  value: string;
  label: string;
}
export interface AddressLine extends Omit<Line, 'value'> {
  street: string;
  extended: string;
  box: string;
  city: string;
  region: string;
  postcode: string;
  country: string;
}
export interface ContactForm {
  prefix: string; given: string; given2: string; surname: string; suffix: string;
  phoneticGiven: string; phoneticSurname: string; nickname: string; fileAs: string;
  company: string; department: string; title: string;
  emails: Line[]; phones: Line[]; links: Line[]; addresses: AddressLine[];
  day: string; month: string; year: string;
  notes: string;
}

const NAME_PARTS = [['prefix', 'title'], ['given', 'given'], ['given2', 'given2'], ['surname', 'surname'], ['suffix', 'credential']] as const;
const PHONETIC = [['phoneticGiven', 'given'], ['phoneticSurname', 'surname']] as const;
const ADDRESS_PARTS = [
  ['street', 'name'], ['extended', 'apartment'], ['box', 'postOfficeBox'], ['city', 'locality'], ['region', 'region'], ['postcode', 'postcode'],
  ['country', 'country'],
] as const;
const VALUE: Readonly<Record<'emails' | 'phones' | 'links', string>> = { emails: 'address', phones: 'number', links: 'uri' };

let keys = 0;
export function newLine(label = ''): Line {
  keys += 1;
  return { id: null, key: keys, value: '', label };
}
export function newAddress(): AddressLine {
  const { value: _, ...line } = newLine('home');
  return { ...line, street: '', extended: '', box: '', city: '', region: '', postcode: '', country: '' };
}

function lines(card: Card, kind: keyof typeof VALUE): Line[] {
  return members(card, kind).map(([id, member]) => ({ ...newLine(labelOf(member)), id, value: textOf(member[VALUE[kind]]) }));
}

function addresses(card: Card): AddressLine[] {
  return members(card, 'addresses').map(([id, member]) => {
    const components = componentsOf(member);
    const line = { ...newAddress(), id, label: labelOf(member) };
    for (const [field, kind] of ADDRESS_PARTS) line[field] = part(components, kind);
    if (components.length === 0) line.street = textOf(member.full);
    return line;
  });
}

function first(card: Card, name: string, fits: (member: Member) => boolean = () => true): [string, Member] | undefined {
  return members(card, name).find(([, member]) => fits(member));
}
const isTitle = (member: Member) => (member.kind ?? 'title') === 'title';
const isBirth = (member: Member) => member.kind === 'birth';

export interface BirthDate {
  year?: number;
  month?: number;
  day?: number;
}
export function dateOf(member: Member | undefined): BirthDate {
  const date = member?.date as (BirthDate & { utc?: string }) | undefined;
  if (date?.utc) {
    const [year, month, day] = date.utc.slice(0, 10).split('-').map(Number);
    return { year: year!, month: month!, day: day! };
  }
  return date ?? {};
}

export function formOf(card: Card): ContactForm {
  const components = componentsOf(card.name);
  const phonetic = (kind: string) => components.find((one) => one.kind === kind)?.phonetic ?? '';
  const organization = first(card, 'organizations')?.[1];
  const units = organization?.units as { name?: string }[] | undefined;
  const birth = dateOf(first(card, 'anniversaries', isBirth)?.[1]);
  return {
    prefix: part(components, 'title'), given: part(components, 'given'), given2: part(components, 'given2'),
    surname: part(components, 'surname'), suffix: part(components, 'credential'),
    phoneticGiven: phonetic('given'), phoneticSurname: phonetic('surname'),
    nickname: textOf(first(card, 'nicknames')?.[1].name), fileAs: textOf(card[FILE_AS]),
    company: textOf(organization?.name), department: textOf(units?.[0]?.name), title: textOf(first(card, 'titles', isTitle)?.[1].name),
    emails: lines(card, 'emails'), phones: lines(card, 'phones'), links: lines(card, 'links'), addresses: addresses(card),
    day: textOf(birth.day), month: textOf(birth.month), year: textOf(birth.year),
    notes: textOf(first(card, 'notes')?.[1].note),
  };
}

function freshId(card: Card, kind: string, taken: Set<string>): string {
  const known = card[kind] as Record<string, unknown> | undefined;
  for (let n = 1; ; n += 1) {
    const id = `n${n}`;
    if (!known?.[id] && !taken.has(id)) {
      taken.add(id);
      return id;
    }
  }
}

function scriptOf(text: string): string {
  if (/\p{Script=Katakana}/u.test(text)) return 'Kana';
  if (/\p{Script=Hiragana}/u.test(text)) return 'Hira';
  if (/\p{Script=Hangul}/u.test(text)) return 'Hang';
  return /\p{Script=Latin}/u.test(text) ? 'Latn' : 'Zyyy';
}

/** Components with some kinds given new values; kinds the form does not know stay where they are. */
function recomposed(old: readonly Component[], values: ReadonlyMap<string, string>): Component[] {
  const left = new Map(values);
  const next: Component[] = [];
  for (const component of old) {
    if (!values.has(component.kind)) next.push(component);
    else if (left.has(component.kind)) {
      const value = left.get(component.kind)!.trim();
      left.delete(component.kind);
      if (value) next.push({ ...component, value });
    }
  }
  for (const [kind, value] of left) if (value.trim()) next.push({ kind, value: value.trim() });
  return next;
}

function namePatch(before: ContactForm, after: ContactForm, card: Card): Record<string, unknown> {
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
function singlePatch(card: Card, kind: string, key: string, value: string, fits?: (member: Member) => boolean, more: Record<string, unknown> = {}): Record<string, unknown> {
  const known = first(card, kind, fits);
  const next = value.trim();
  if (known) {
    const alone = Object.keys(known[1]).every((name) => name === key || name === '@type' || name === 'kind');
    return { [kind]: { [known[0]]: next ? { [key]: next } : alone ? null : { [key]: null } } };
  }
  return next ? { [kind]: { [freshId(card, kind, new Set())]: { [key]: next, ...more } } } : {};
}

function linesPatch(card: Card, kind: keyof typeof VALUE, before: readonly Line[], after: readonly Line[]): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  const taken = new Set<string>();
  const kept = new Set<string>();
  for (const line of after) {
    const value = line.value.trim();
    const old = line.id === null ? undefined : before.find((one) => one.id === line.id);
    if (line.id === null || !old) {
      if (value) patch[freshId(card, kind, taken)] = { [VALUE[kind]]: value, ...labelPatch(kind, line.label, undefined) };
      continue;
    }
    if (!value) continue;
    kept.add(line.id);
    const change: Record<string, unknown> = {};
    if (old.value !== line.value) change[VALUE[kind]] = value;
    if (old.label !== line.label) Object.assign(change, labelPatch(kind, line.label, members(card, kind).find(([id]) => id === line.id)?.[1]));
    if (Object.keys(change).length > 0) patch[line.id] = change;
  }
  for (const old of before) if (old.id && !kept.has(old.id)) patch[old.id] = null;
  return Object.keys(patch).length > 0 ? { [kind]: patch } : {};
}

const isEmptyAddress = (line: AddressLine) => ADDRESS_PARTS.every(([field]) => line[field].trim() === '');

function addressesPatch(card: Card, before: readonly AddressLine[], after: readonly AddressLine[]): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  const taken = new Set<string>();
  const kept = new Set<string>();
  for (const line of after) {
    if (isEmptyAddress(line)) continue;
    const old = before.find((one) => one.id !== null && one.id === line.id);
    const member = old ? members(card, 'addresses').find(([id]) => id === line.id)?.[1] : undefined;
    const values = new Map<string, string>();
    for (const [field, kind] of ADDRESS_PARTS) if (!old || old[field] !== line[field]) values.set(kind, line[field]);
    const change: Record<string, unknown> = {};
    if (values.size > 0) {
      if (member && componentsOf(member).length === 0) for (const [field, kind] of ADDRESS_PARTS) values.set(kind, line[field]);
      change.components = recomposed(componentsOf(member), values);
      // The whole text would now contradict the parts, and the code another country.
      if (member?.full !== undefined) change.full = null;
      if (member?.countryCode !== undefined && values.has('country')) change.countryCode = null;
    }
    if (!old || old.label !== line.label) Object.assign(change, labelPatch('addresses', line.label, member));
    if (line.id) kept.add(line.id);
    if (Object.keys(change).length > 0) patch[line.id ?? freshId(card, 'addresses', taken)] = change;
  }
  for (const old of before) if (old.id && !kept.has(old.id)) patch[old.id] = null;
  return Object.keys(patch).length > 0 ? { addresses: patch } : {};
}

function birthdayPatch(before: ContactForm, after: ContactForm, card: Card): Record<string, unknown> {
  if (before.day === after.day && before.month === after.month && before.year === after.year) return {};
  const known = first(card, 'anniversaries', isBirth);
  const number = (text: string) => (text.trim() ? Number(text) : null);
  const date: Record<string, unknown> = { '@type': 'PartialDate', day: number(after.day), month: number(after.month), year: number(after.year) };
  if (date.day === null && date.month === null && date.year === null) return known ? { anniversaries: { [known[0]]: null } } : {};
  if ((known?.[1].date as { utc?: string } | undefined)?.utc) date.utc = null;
  const patch = { anniversaries: { [known?.[0] ?? freshId(card, 'anniversaries', new Set())]: known ? { date } : { kind: 'birth', date: withoutNulls(date) } } };
  return card[BIRTHDAY_TEXT] === undefined ? patch : { ...patch, [BIRTHDAY_TEXT]: null };
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

function workPatch(before: ContactForm, after: ContactForm, card: Card): Record<string, unknown> {
  if (before.company === after.company && before.department === after.department) return {};
  const known = first(card, 'organizations');
  const name = after.company.trim();
  const department = after.department.trim();
  if (!name && !department) return known ? { organizations: { [known[0]]: null } } : {};
  const change: Record<string, unknown> = {};
  if (before.company !== after.company) change.name = name || null;
  if (before.department !== after.department) {
    const rest = ((known?.[1].units as unknown[] | undefined) ?? []).slice(1);
    const units = department ? [{ name: department }, ...rest] : rest;
    change.units = units.length > 0 ? units : null;
  }
  return { organizations: { [known?.[0] ?? freshId(card, 'organizations', new Set())]: known ? change : withoutNulls(change) } };
}

/** What was changed, as a merge patch of the card; empty when nothing was. */
export function patchOf(before: ContactForm, after: ContactForm, card: Card): Record<string, unknown> {
  const patch: Record<string, unknown> = {
    ...namePatch(before, after, card),
    ...workPatch(before, after, card),
    ...linesPatch(card, 'emails', before.emails, after.emails),
    ...linesPatch(card, 'phones', before.phones, after.phones),
    ...linesPatch(card, 'links', before.links, after.links),
    ...addressesPatch(card, before.addresses, after.addresses),
    ...birthdayPatch(before, after, card),
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

export type Fault = 'mailAt' | 'mailDot' | 'noSuchDay' | 'dayWithoutMonth' | 'noSuchYear' | 'nothing';

function mailFault(address: string): Fault | null {
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1) return 'mailAt';
  return /[^.]\.[^.]+$/.test(address.slice(at + 1)) ? null : 'mailDot';
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What needs a look before saving, by field. Only what was changed is judged: what came in from elsewhere is never in the way. */
export function faultsOf(before: ContactForm, after: ContactForm): Map<string, Fault> {
  const faults = new Map<string, Fault>();
  for (const line of after.emails) {
    const old = before.emails.find((one) => one.id === line.id && line.id !== null);
    const fault = line.value.trim() && old?.value !== line.value ? mailFault(line.value.trim()) : null;
    if (fault) faults.set(`emails/${line.key}`, fault);
  }
  if (before.day !== after.day || before.month !== after.month || before.year !== after.year) {
    const fault = dateFault(after);
    if (fault) faults.set('birthday', fault);
  }
  const texts = [after.prefix, after.given, after.given2, after.surname, after.suffix, after.nickname, after.company, after.title, after.notes];
  const anything = texts.some((text) => text.trim()) || [...after.emails, ...after.phones, ...after.links].some((line) => line.value.trim())
    || after.addresses.some((line) => !isEmptyAddress(line));
  if (!anything) faults.set('name', 'nothing');
  return faults;
}

function dateFault({ day, month, year }: ContactForm): Fault | null {
  if (!day.trim() && !month.trim() && !year.trim()) return null;
  if (day.trim() && !month.trim()) return 'dayWithoutMonth';
  if (year.trim() && !/^\d{4}$/.test(year.trim())) return 'noSuchYear';
  const most = DAYS[Number(month) - 1] ?? 31;
  const leap = !year.trim() || (Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0));
  const last = Number(month) === 2 && !leap ? 28 : most;
  if (day.trim() && (!/^\d{1,2}$/.test(day.trim()) || Number(day) < 1 || Number(day) > last)) return 'noSuchDay';
  return null;
}
