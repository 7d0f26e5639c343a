// What a card says, as lines to show. Text only: an address that is not plainly safe to follow is never a link.
import { writtenLines } from './addressFormat';
import {
  BIRTHDAY_TEXT, componentsOf, CUSTOM_FIELDS, FILE_AS, labelOf, members, part, textOf, type Card, type Component, type Member,
} from './card';
import type { PartialDate } from '@/locales/format';
import { dateOf } from './dates';
import { jobsOf } from './form/jobs';
import { relationOf } from './relation';

export interface Fact {
  key: string;
  icon: string;
  value: string;
  /** What is read, where that is shorter than the value. */
  shown?: string;
  href?: string | undefined;
  label: string;
  preferred?: boolean;
  /** The contact it leads to. */
  to?: string | undefined;
}
export interface DateFact {
  key: string;
  kind: 'birth' | 'wedding' | 'death' | 'other';
  date: PartialDate;
  label: string;
}
export interface Facts {
  reach: Fact[];
  addresses: { key: string; lines: string[]; label: string }[];
  dates: DateFact[];
  people: Fact[];
  more: Fact[];
  notes: string[];
}

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** A web address as something to click: http and https alone, others are shown as text. */
export function webLink(uri: string): string | undefined {
  const text = uri.trim();
  if (/^https?:\/\//i.test(text)) return text;
  if (!SCHEME.test(text) && /^[^\s/:]+\.[^\s]+$/.test(text)) return `https://${text}`;
  return undefined;
}

export function mailLink(address: string): string | undefined {
  return /^[^\s<>"]+@[^\s<>"]+$/.test(address) ? `mailto:${encodeURIComponent(address).replace(/%40/g, '@')}` : undefined;
}

/** The number to dial: what stands before an extension, its digits and plus alone. */
export function callLink(number: string, scheme: 'tel' | 'sms' = 'tel'): string | undefined {
  const main = number.replace(/^tel:/i, '').split(/(?:ext\.?|x|#|;ext=|[,;])/i)[0] ?? '';
  const dial = main.replace(/[^\d+*]/g, '');
  return /\d{2}/.test(dial) ? `${scheme}:${dial}` : undefined;
}

function reach(card: Card): Fact[] {
  const fact = (icon: string, kind: string, key: string, href: (value: string) => string | undefined): Fact[] =>
    members(card, kind).map(([id, member]) => {
      const value = textOf(member[key]);
      return { key: `${kind}/${id}`, icon, value, href: href(value), label: labelOf(member), preferred: member.pref === 1 };
    });
  const services = members(card, 'onlineServices').map(([id, member]): Fact => {
    const uri = textOf(member.uri);
    const value = textOf(member.user) || uri;
    return { key: `onlineServices/${id}`, icon: 'chat', value, href: webLink(uri), label: textOf(member.service) || labelOf(member) };
  });
  const links = fact('globe', 'links', 'uri', webLink).map((one) => ({ ...one, shown: one.value.replace(/^https?:\/\//i, '').replace(/\/$/, '') }));
  return [
    ...fact('mail', 'emails', 'address', mailLink), ...fact('phone', 'phones', 'number', callLink), ...services, ...links,
  ].filter((one) => one.value);
}

const STREET = ['name', 'number', 'block', 'building', 'floor', 'apartment', 'room', 'landmark', 'direction', 'subdistrict', 'district'];

/** Parts whose place a country’s way of writing knows. */
const WRITTEN = ['name', 'apartment', 'postOfficeBox', 'locality', 'region', 'postcode', 'country'];

/** The lines of an address: as somebody wrote it when that is known, else composed of its parts. */
export function addressLines(member: Member): string[] {
  const components: Component[] = componentsOf(member);
  if (components.length === 0) return textOf(member.full).split('\n').filter(Boolean);
  if (components.every((one) => WRITTEN.includes(one.kind)) && textOf(member.countryCode)) {
    const of = (kind: string) => part(components, kind);
    const lines = writtenLines({ street: of('name'), extended: of('apartment'), box: of('postOfficeBox'), city: of('locality'), region: of('region'), postcode: of('postcode') }, textOf(member.countryCode));
    return [...lines, of('country')].filter(Boolean);
  }
  const street = STREET.map((kind) => part(components, kind)).filter(Boolean).join(', ');
  const town = [[part(components, 'locality'), part(components, 'region')].filter(Boolean).join(', '), part(components, 'postcode')].filter(Boolean).join(' ');
  return [part(components, 'postOfficeBox'), ...street.split('\n'), town, part(components, 'country')].filter(Boolean);
}

function dates(card: Card): DateFact[] {
  const found = members(card, 'anniversaries').map(([id, member]): DateFact => {
    const kind = member.kind === 'birth' || member.kind === 'wedding' || member.kind === 'death' ? member.kind : 'other';
    return { key: `anniversaries/${id}`, kind, date: dateOf(member), label: labelOf(member) };
  });
  return found.filter((one) => one.date.year || one.date.month || one.date.day);
}

function people(card: Card): Fact[] {
  return members(card, 'relatedTo').map(([value, member]) => ({
    key: `relatedTo/${value}`, icon: 'relation', value: textOf(member['rolo:name']) || value,
    label: relationOf(member),
  }));
}

/** Who shows the way: the maps app of a phone, or a page of the web. */
export type Maps = 'android' | 'apple' | 'web';

export const mapsOf = (agent: string): Maps => (/\bAndroid\b/.test(agent) ? 'android' : /\b(?:iPhone|iPad|iPod)\b/.test(agent) ? 'apple' : 'web');

const WAYS: Readonly<Record<Maps, string>> = { android: 'geo:0,0?q=', apple: 'maps://?daddr=', web: 'https://www.openstreetmap.org/directions?to=' };

/** Where a map shows the way to an address; only followed when somebody asks for it. */
export function wayTo(lines: readonly string[], maps: Maps = 'web'): string | undefined {
  const to = lines.join(', ').trim();
  return to ? WAYS[maps] + encodeURIComponent(to.slice(0, 300)) : undefined;
}

function more(card: Card): Fact[] {
  const nick = members(card, 'nicknames').map(([id, member]): Fact => ({ key: `nicknames/${id}`, icon: 'user', value: textOf(member.name), label: 'nickname' }));
  // The first job stands beside the name: what is left of it, and the others whole.
  const work = jobsOf(card).flatMap((job, at): Fact[] => {
    const key = `job/${job.id}`;
    const held = [job.title, job.company, job.department].filter(Boolean).join(', ');
    return [
      at === 0 ? { key: `${key}/department`, icon: 'building', value: job.department, label: 'department' } : { key, icon: 'building', value: held, label: job.company ? 'company' : 'job title' },
      { key: `${key}/role`, icon: 'building', value: job.role, label: 'role' }, { key: `${key}/phonetic`, icon: 'building', value: job.phonetic, label: 'phonetic company' },
    ];
  });
  const fileAs = textOf(card[FILE_AS]);
  const custom = members(card, CUSTOM_FIELDS).map(([id, member]): Fact => ({ key: `custom/${id}`, icon: 'spark', value: textOf(member.value), label: textOf(member.label) }));
  const birthday = textOf(card[BIRTHDAY_TEXT]);
  return [...(birthday ? [{ key: 'birthdayText', icon: 'cake', value: birthday, label: 'birthday' }] : []), ...nick, ...work, ...(fileAs ? [{ key: 'fileAs', icon: 'file', value: fileAs, label: 'file as' }] : []), ...custom].filter((one) => one.value);
}

export function factsOf(card: Card): Facts {
  return {
    reach: reach(card),
    addresses: members(card, 'addresses').map(([id, member]) => ({ key: `addresses/${id}`, lines: addressLines(member), label: labelOf(member) })).filter((one) => one.lines.length > 0),
    dates: dates(card), people: people(card), more: more(card),
    notes: members(card, 'notes').map(([, member]) => textOf(member.note)).filter(Boolean),
  };
}

/** Months until the next time a date comes round, and the age it brings; nothing without day and month. */
export function nextTime(date: PartialDate, today: { year: number; month: number; day: number }): { days: number; turns: number | null } | null {
  if (!date.month || !date.day) return null;
  const at = (year: number) => Date.UTC(year, date.month! - 1, date.day!);
  const now = Date.UTC(today.year, today.month - 1, today.day);
  const year = at(today.year) >= now ? today.year : today.year + 1;
  return { days: Math.round((at(year) - now) / 86_400_000), turns: date.year ? year - date.year : null };
}
