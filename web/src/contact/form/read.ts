// A card as a form: what each field says now.
import { componentsOf, CUSTOM_FIELDS, FILE_AS, GENDER, labelOf, members, part, textOf, type Card, type Member } from '../card';
import { dateOf } from '../dates';
import { genderOf } from '../gender';
import { jobsOf } from './jobs';
import { relationOf } from '../relation';
import { newAddress, newDate, newLine, newPerson, newService, withReady, type AddressLine, type ContactForm, type Line } from './shape';

export const ADDRESS_PARTS = [
  ['street', 'name'], ['extended', 'apartment'], ['box', 'postOfficeBox'], ['city', 'locality'], ['region', 'region'], ['postcode', 'postcode'],
  ['country', 'country'],
] as const;
/** Lists of texts: the member of the card that holds each, the key of the text, and whether a label stands beside it. */
export const TEXTS = {
  emails: { name: 'emails', value: 'address', labelled: true }, phones: { name: 'phones', value: 'number', labelled: true }, links: { name: 'links', value: 'uri', labelled: true },
  nicknames: { name: 'nicknames', value: 'name', labelled: false }, notes: { name: 'notes', value: 'note', labelled: false },
  languages: { name: 'preferredLanguages', value: 'language', labelled: false }, pronouns: { name: 'pronouns', value: 'pronouns', labelled: false },
} as const;
export type Texts = keyof typeof TEXTS;

/** The card in which a list of texts lies: pronouns lie one deeper. */
export const holderOf = (card: Card, kind: Texts): Card => (kind === 'pronouns' ? ((card.speakToAs as Card | undefined) ?? {}) : card);

export function first(card: Card, name: string, fits: (member: Member) => boolean = () => true): [string, Member] | undefined {
  return members(card, name).find(([, member]) => fits(member));
}
export const isBirth = (member: Member) => member.kind === 'birth';
const DATES: Readonly<Record<string, string>> = { wedding: 'anniversary', death: 'date of death' };

function lines(card: Card, kind: Texts): Line[] {
  const { name, value, labelled } = TEXTS[kind];
  return members(holderOf(card, kind), name).map(([id, member]) => ({ ...newLine(labelled ? labelOf(member) : ''), id, value: textOf(member[value]) }));
}

function addresses(card: Card): AddressLine[] {
  return members(card, 'addresses').map(([id, member]) => {
    const components = componentsOf(member);
    const line = { ...newAddress(), id, label: labelOf(member), code: textOf(member.countryCode).toUpperCase() };
    for (const [field, kind] of ADDRESS_PARTS) line[field] = part(components, kind);
    if (components.length === 0) line.street = textOf(member.full);
    return line;
  });
}

export function formOf(card: Card): ContactForm {
  const components = componentsOf(card.name);
  const phonetic = (kind: string) => components.find((one) => one.kind === kind)?.phonetic ?? '';
  const parts = (member: Member | undefined) => {
    const { day, month, year } = dateOf(member);
    return { day: textOf(day), month: textOf(month), year: textOf(year) };
  };
  return withReady({
    prefix: part(components, 'title'), given: part(components, 'given'), given2: part(components, 'given2'),
    surname: part(components, 'surname'), suffix: part(components, 'credential'),
    phoneticGiven: phonetic('given'), phoneticGiven2: phonetic('given2'), phoneticSurname: phonetic('surname'),
    fileAs: textOf(card[FILE_AS]), gender: genderOf(card[GENDER]), nicknames: lines(card, 'nicknames'), jobs: jobsOf(card),
    emails: lines(card, 'emails'), phones: lines(card, 'phones'), links: lines(card, 'links'), addresses: addresses(card),
    services: members(card, 'onlineServices').map(([id, member]) => ({
      ...newService(), id, value: textOf(member.user) || textOf(member.uri), service: textOf(member.service), label: labelOf(member),
    })),
    dates: members(card, 'anniversaries').filter(([, member]) => !isBirth(member)).map(([id, member]) => ({
      ...newDate(DATES[textOf(member.kind)] ?? labelOf(member)), id, ...parts(member),
    })),
    relations: members(card, 'relatedTo').map(([id, member]) => {
      const name = textOf(member['rolo:name']);
      return { ...newPerson(relationOf(member)), id, value: name || id, link: name || /^urn:/.test(id) ? id : null };
    }),
    custom: members(card, CUSTOM_FIELDS).map(([id, member]) => ({ ...newLine(textOf(member.label)), id, value: textOf(member.value) })),
    ...parts(first(card, 'anniversaries', isBirth)?.[1]),
    notes: lines(card, 'notes'), pronouns: lines(card, 'pronouns'), languages: lines(card, 'languages'),
    interests: members(card, 'personalInfo').map(([id, member]) => ({ ...newLine(textOf(member.kind)), id, value: textOf(member.value) })),
  });
}
