// A card small enough for a code that a phone's camera reads: name, work, numbers, addresses, websites. No notes, no photo.
import { encode } from 'uqr';
import { componentsOf, members, nameOf, part, textOf, type Card } from './card';

const escaped = (text: string) => text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
/** What a camera still reads from a screen: beyond it the squares are too small. */
const OCTETS_MOST = 1200;
const LINES_MOST = 3;

/** The card as a short vCard 3.0, least important lines first to go when it grows too long; nothing when even the name does not fit. */
export function shortCard(card: Card): string | null {
  const name = componentsOf(card.name);
  const n = ['surname', 'given', 'given2', 'title', 'credential'].map((kind) => escaped(part(name, kind))).join(';');
  const organization = members(card, 'organizations')[0]?.[1];
  const each = (kind: string, key: string, property: string) => members(card, kind).map(([, member]) => textOf(member[key])).filter(Boolean).slice(0, LINES_MOST).map((value) => `${property}:${escaped(value)}`);
  const address = members(card, 'addresses').slice(0, 1).map(([, member]) => {
    const of = (kind: string) => escaped(part(componentsOf(member), kind));
    return `ADR:${of('postOfficeBox')};${of('apartment')};${of('name')};${of('locality')};${of('region')};${of('postcode')};${of('country')}`;
  });
  const first = [`FN:${escaped(nameOf(card))}`, `N:${n}`];
  const rest = [
    ...each('phones', 'number', 'TEL'), ...each('emails', 'address', 'EMAIL'), ...(textOf(organization?.name) ? [`ORG:${escaped(textOf(organization!.name))}`] : []), ...each('titles', 'name', 'TITLE').slice(0, 1),
    ...address, ...each('links', 'uri', 'URL'),
  ];
  const octets = new TextEncoder();
  for (let most = rest.length; most >= 0; most -= 1) {
    const text = ['BEGIN:VCARD', 'VERSION:3.0', ...first, ...rest.slice(0, most), 'END:VCARD', ''].join('\r\n');
    if (octets.encode(text).length <= OCTETS_MOST) return text;
  }
  return null;
}

export interface Squares {
  size: number;
  /** One path over all dark squares, in units of one square. */
  path: string;
}

export function squaresOf(text: string): Squares {
  const { data, size } = encode(text, { border: 2, ecc: 'M' });
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < size; ) {
      let end = x;
      while (row[end]) end += 1;
      if (end > x) path += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end + 1;
    }
  });
  return { size, path };
}
