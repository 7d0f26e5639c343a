// A card as a form: what each field says now.
import { componentsOf, CUSTOM_FIELDS, FILE_AS, labelOf, members, OWN_PHONETIC, part, textOf, type Card, type Member } from '../card';
import { dateOf } from '../dates';
import { relationOf } from '../relation';
import { newAddress, newDate, newLine, newPerson, newService, type AddressLine, type ContactForm, type Line } from './shape';

export const ADDRESS_PARTS = [
  ['street', 'name'], ['extended', 'apartment'], ['box', 'postOfficeBox'], ['city', 'locality'], ['region', 'region'], ['postcode', 'postcode'],
  ['country', 'country'],
] as const;
export const VALUE: Readonly<Record<'emails' | 'phones' | 'links', string>> = { emails: 'address', phones: 'number', links: 'uri' };

export function first(card: Card, name: string, fits: (member: Member) => boolean = () => true): [string, Member] | undefined {
  return members(card, name).find(([, member]) => fits(member));
}
export const isTitle = (member: Member) => (member.kind ?? 'title') === 'title';
export const isBirth = (member: Member) => member.kind === 'birth';
/** Birth has fields of its own; a date of death is shown, and edited where it came from. */
export const isOtherDate = (member: Member) => member.kind !== 'birth' && member.kind !== 'death';

function lines(card: Card, kind: keyof typeof VALUE): Line[] {
  return members(card, kind).map(([id, member]) => ({ ...newLine(labelOf(member)), id, value: textOf(member[VALUE[kind]]) }));
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
  const organization = first(card, 'organizations')?.[1];
  const units = organization?.units as { name?: string }[] | undefined;
  const parts = (member: Member | undefined) => {
    const { day, month, year } = dateOf(member);
    return { day: textOf(day), month: textOf(month), year: textOf(year) };
  };
  return {
    prefix: part(components, 'title'), given: part(components, 'given'), given2: part(components, 'given2'),
    surname: part(components, 'surname'), suffix: part(components, 'credential'),
    phoneticGiven: phonetic('given'), phoneticGiven2: phonetic('given2'), phoneticSurname: phonetic('surname'),
    nickname: textOf(first(card, 'nicknames')?.[1].name), fileAs: textOf(card[FILE_AS]),
    company: textOf(organization?.name), department: textOf(units?.[0]?.name), title: textOf(first(card, 'titles', isTitle)?.[1].name),
    phoneticCompany: textOf(organization?.[OWN_PHONETIC]),
    emails: lines(card, 'emails'), phones: lines(card, 'phones'), links: lines(card, 'links'), addresses: addresses(card),
    services: members(card, 'onlineServices').map(([id, member]) => ({
      ...newService(), id, value: textOf(member.user) || textOf(member.uri), service: textOf(member.service), label: labelOf(member),
    })),
    dates: members(card, 'anniversaries').filter(([, member]) => isOtherDate(member)).map(([id, member]) => ({
      ...newDate(member.kind === 'wedding' ? 'anniversary' : labelOf(member)), id, ...parts(member),
    })),
    relations: members(card, 'relatedTo').map(([id, member]) => {
      const name = textOf(member['rolo:name']);
      return { ...newPerson(relationOf(member)), id, value: name || id, link: name || /^urn:/.test(id) ? id : null };
    }),
    custom: members(card, CUSTOM_FIELDS).map(([id, member]) => ({ ...newLine(textOf(member.label)), id, value: textOf(member.value) })),
    ...parts(first(card, 'anniversaries', isBirth)?.[1]),
    notes: textOf(first(card, 'notes')?.[1].note),
  };
}
