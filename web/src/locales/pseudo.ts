// A language nobody speaks, for tests: every word of the catalogue stands between ⟦ and ⟧ and is longer than in English.
// What is read on a page without them was written into the page.
import type { Catalogue } from './en';

const ACCENTS: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', y: 'ý', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú' };
const said = (text: string) => (text ? `⟦${text.replace(/[aeiouyAEIOU]/g, (letter) => ACCENTS[letter]!)}${'~'.repeat(Math.ceil(text.length / 3))}⟧` : '');

function turned(value: unknown): unknown {
  if (typeof value === 'string') return said(value);
  if (typeof value === 'function') return (...args: unknown[]) => turned((value as (...args: unknown[]) => unknown)(...args));
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, turned(one)]));
  return value;
}

export function pseudo(text: Catalogue): Catalogue {
  return { ...(turned(text) as Catalogue), language: text.language, direction: text.direction, format: { ...(turned(text.format) as Catalogue['format']), group: text.format.group } };
}

/** What of a text is outside of ⟦ and ⟧, however deep they lie in each other. */
export function unsaid(text: string): string {
  let depth = 0;
  let out = '';
  for (const sign of text) {
    if (sign === '⟦') depth += 1;
    else if (sign === '⟧') {
      depth -= 1;
      out += ' ';
    } else if (depth === 0) out += sign;
  }
  return out;
}
