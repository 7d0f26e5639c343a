// What a card says, one line per value, and which of the cards to be merged said it.
import type { PartialDate } from '@/locales/format';
import { labelOf, members, nameOf, textOf, CUSTOM_FIELDS, type Card, type Member } from '@/contact/card';
import { addressLines } from '@/contact/facts';
import { dateOf } from '@/contact/dates';

export interface Line {
  /** Where it stands in the card: `emails/id`. */
  key: string;
  kind: string;
  icon: string;
  value: string;
  label: string;
}
type Say = (member: Member, id: string) => string;

const KINDS: readonly { kind: string; icon: string; say: Say }[] = [
  { kind: 'nicknames', icon: 'user', say: (one) => textOf(one.name) },
  { kind: 'titles', icon: 'building', say: (one) => textOf(one.name) },
  { kind: 'organizations', icon: 'building', say: (one) => [textOf(one.name), ...units(one)].filter(Boolean).join(', ') },
  { kind: 'emails', icon: 'mail', say: (one) => textOf(one.address) },
  { kind: 'phones', icon: 'phone', say: (one) => textOf(one.number) },
  { kind: 'onlineServices', icon: 'chat', say: (one) => textOf(one.user) || textOf(one.uri) },
  { kind: 'links', icon: 'globe', say: (one) => textOf(one.uri) },
  { kind: 'addresses', icon: 'pin', say: (one) => addressLines(one).join(', ') },
  { kind: 'relatedTo', icon: 'relation', say: (one, id) => textOf(one['rolo:name']) || id },
  { kind: CUSTOM_FIELDS, icon: 'spark', say: (one) => textOf(one.value) },
  { kind: 'notes', icon: 'note', say: (one) => textOf(one.note) },
];

function units(member: Member): string[] {
  return Array.isArray(member.units) ? member.units.map((one: unknown) => textOf((one as Member | null)?.name)) : [];
}

export function linesOf(card: Card, date: (when: PartialDate) => string): Line[] {
  const lines = KINDS.flatMap(({ kind, icon, say }) => members(card, kind).map(([id, member]): Line => ({
    key: `${kind}/${id}`, kind, icon, value: say(member, id), label: kind === CUSTOM_FIELDS ? textOf(member.label) : labelOf(member),
  })));
  const dates = members(card, 'anniversaries').map(([id, member]): Line => ({
    key: `anniversaries/${id}`, kind: 'anniversaries', icon: member.kind === 'birth' ? 'cake' : 'calendar', value: date(dateOf(member)), label: member.kind === 'birth' ? 'birthday' : labelOf(member),
  }));
  return [...lines, ...dates].filter((line) => line.value !== '');
}

/** Values that mean the same are written alike: letters without case and space, a number by its last digits. */
function alike(line: Line): string {
  if (line.kind === 'phones') return `phones ${line.value.replace(/\D/g, '').slice(-8)}`;
  return `${line.kind} ${line.value.toLowerCase().replace(/\s+/g, ' ').trim()}`;
}

/** For each line of the result, the places of the cards that said it, from 0. */
export function sourcesOf(result: readonly Line[], cards: readonly (readonly Line[])[]): number[][] {
  const said = cards.map((lines) => new Set(lines.map(alike)));
  return result.map((line) => said.flatMap((all, at) => (all.has(alike(line)) ? [at] : [])));
}

/** The card without the lines left out. A name is never one of them. */
export function without(card: Card, keys: ReadonlySet<string>): Card {
  const left: Card = { ...card };
  for (const key of keys) {
    const at = key.indexOf('/');
    const kind = key.slice(0, at);
    const { [key.slice(at + 1)]: _gone, ...rest } = (left[kind] ?? {}) as Record<string, unknown>;
    left[kind] = rest;
    if (Object.keys(rest).length === 0) delete left[kind];
  }
  return left;
}

/** The card under the name of another one; the name it had stays as a nickname, and the new one is none any more. */
export function renamed(card: Card, other: Card): Card {
  const [before, now] = [nameOf(card), nameOf(other)];
  if (before === now || !other.name) return card;
  const nicknames = Object.fromEntries(members(card, 'nicknames').filter(([, one]) => textOf(one.name) !== now));
  if (card.name && !Object.values(nicknames).some((one) => textOf(one.name) === before)) nicknames['former-name'] = { name: before };
  const { nicknames: _gone, ...rest } = card;
  return { ...rest, name: other.name, ...(Object.keys(nicknames).length > 0 ? { nicknames } : {}) };
}
