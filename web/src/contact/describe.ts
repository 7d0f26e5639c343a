// Any member of a card as a line of text: for what has no field of its own, and for both sides of a difference.
import type { Catalogue } from '@/locales/en';
import type { Format } from '@/locales/format';
import { writtenLines } from './addressFormat';
import { componentsOf, GENDER, labelOf, part, textOf, type Card, type Member } from './card';
import { dateOf } from './dates';
import { genderWords } from './gender';
import { relationOf } from './relation';

export interface Reader {
  text: Catalogue;
  format: Format;
  /** A language by its name, where the browser has said it already. */
  language?: ((tag: string) => string) | undefined;
}

/** What a member says about itself rather than of the person. */
const ASIDE = new Set(['@type', 'kind', 'pref', 'contexts', 'features', 'label', 'rolo:label', 'vCardParams', 'vCardName', 'mediaType', 'countryCode', 'phoneticScript', 'isOrdered', 'defaultSeparator']);
/** Longer texts would push the rest of the card away; the card itself has them whole. */
const LONGEST = 600;

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A value kept inside the card as a file: what it is and how large. */
function fileText(uri: string, { text, format }: Reader): string {
  const [head = '', body = ''] = uri.slice(5).split(',', 2);
  const size = head.endsWith(';base64') ? Math.floor((body.length * 3) / 4) : body.length;
  const kind = head.split(';')[0]?.split('/')[1]?.toUpperCase() || text.card.unnamedFile;
  return text.card.file(kind, size < 1024 ? text.card.bytes(format.number(size)) : text.card.kilobytes(format.number(Math.round(size / 1024))));
}

function flat(value: unknown, reader: Reader): string[] {
  if (typeof value === 'string') return value.startsWith('data:') ? [fileText(value, reader)] : value ? [value] : [];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'boolean') return [value ? reader.text.card.yes : reader.text.card.no];
  if (Array.isArray(value)) return value.flatMap((one) => flat(one, reader));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter(([name]) => !ASIDE.has(name)).flatMap(([name, one]) => (one === true ? [reader.text.card.fields[name] ?? name] : flat(one, reader)));
}

/** The value of a member in words, without its label. */
export function valueText(kind: string, value: unknown, reader: Reader, id = ''): string {
  if (typeof value !== 'object' || value === null) return clipped(flat(value, reader).join(' '));
  const member = value as Member;
  if (kind === 'name') return textOf(member.full) || componentsOf(member).map((one) => one.value).join(' ');
  if (kind === 'anniversaries') return reader.format.partialDate(dateOf(member)) || clipped(flat(member, reader).join(' · '));
  if (kind === 'relatedTo') return textOf(member['rolo:name']) || id;
  if (kind === 'addresses') return addressText(member) || clipped(flat(member, reader).join(' · '));
  if (kind === 'organizations') return [textOf(member.name), ...((member.units as { name?: string }[] | undefined) ?? []).map((unit) => textOf(unit.name))].filter(Boolean).join(', ');
  if (kind === 'preferredLanguages') return reader.language?.(textOf(member.language)) ?? textOf(member.language);
  if (kind === 'onlineServices') return textOf(member.user) || textOf(member.uri);
  return clipped(flat(member, reader).join(' · '));
}

function addressText(member: Member): string {
  const components = componentsOf(member);
  if (components.length === 0) return textOf(member.full).split('\n').join(', ');
  const of = (kind: string) => part(components, kind);
  const lines = writtenLines({ street: of('name'), extended: of('apartment'), box: of('postOfficeBox'), city: of('locality'), region: of('region'), postcode: of('postcode') }, textOf(member.countryCode));
  return [...lines, of('country')].filter(Boolean).join(', ');
}

export function labelText(kind: string, value: unknown, { text }: Reader): string {
  if (typeof value !== 'object' || value === null) return '';
  const member = value as Member;
  if (kind === 'relatedTo') return text.contact.label(relationOf(member));
  if (kind === 'onlineServices') return textOf(member.service);
  if (kind === 'anniversaries' && member.kind !== 'rolo:other') return text.contact.dates[member.kind as 'birth'] ?? text.contact.dates.other;
  if (kind === 'rolo:customFields') return textOf(member.label);
  return text.contact.label(labelOf(member));
}

/** The name of a member, in the reader's language; without a word for it, its own name. */
export function fieldName(kind: string, { text }: Reader): string {
  return text.card.fields[kind] ?? kind.replace(/^rolo:/, '');
}

/** Members with a place of their own on the page. */
const PLACED = new Set([
  '@type', 'version', 'prodId', 'uid', 'kind', 'created', 'updated', 'keywords', 'name', 'nicknames', 'organizations', 'titles', 'emails', 'phones', 'addresses', 'links', 'onlineServices', 'anniversaries',
  'relatedTo', 'notes', 'rolo:customFields', 'rolo:fileAs', 'rolo:birthdayText',
]);

export interface Also {
  key: string;
  name: string;
  value: string;
}

const isMembers = (value: object) => !Array.isArray(value) && Object.values(value).length > 0 && Object.values(value).every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));

/** What a card says beyond the fields of the page, each as a line: nothing a card holds is hidden. */
export function alsoOn(card: Card, reader: Reader): Also[] {
  const found: Also[] = [];
  const add = (key: string, name: string, value: string) => {
    if (value) found.push({ key, name, value });
  };
  const each = (path: string, kind: string, value: unknown) => {
    if (typeof value === 'object' && value !== null && isMembers(value)) {
      for (const [id, member] of Object.entries(value as Record<string, Member>)) {
        if (kind === 'media' && member.kind === 'photo' && textOf(member.uri).startsWith('data:')) continue;
        const special = typeof member.kind === 'string' ? reader.text.card.fields[member.kind] : undefined;
        const label = labelText('', member, reader);
        add(`${path}/${id}`, [special ?? fieldName(kind, reader), label].filter(Boolean).join(', '), valueText(kind, member, reader, id) || id);
      }
    } else add(path, fieldName(kind, reader), valueText('', value, reader));
  };
  for (const [kind, value] of Object.entries(card)) {
    if (PLACED.has(kind)) continue;
    if (kind === GENDER) {
      add(kind, fieldName(kind, reader), genderWords(value).map(reader.text.contact.label).join(' · '));
      continue;
    }
    if (kind === 'vCardProps' && Array.isArray(value)) {
      value.forEach((property: unknown, at) => {
        const [name, , , ...rest] = Array.isArray(property) ? (property as unknown[]) : [];
        add(`${kind}/${at}`, textOf(name).toUpperCase() || fieldName(kind, reader), clipped(flat(rest, reader).join(', ')));
      });
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isMembers(value)) {
      for (const [name, one] of Object.entries(value)) if (!ASIDE.has(name)) each(`${kind}/${name}`, name, one);
    } else each(kind, kind, value);
  }
  return found;
}
