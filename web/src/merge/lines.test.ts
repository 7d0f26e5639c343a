import { expect, it } from 'vitest';
import { en } from '@/locales/en';
import { createFormat } from '@/locales/format';
import { linesOf, renamed, sourcesOf, without } from './lines';

const { partialDate } = createFormat(en.format);
const left = {
  name: { full: 'Élodie Marchand' }, emails: { e1: { address: 'elodie@atelier-m.example' } }, phones: { p1: { number: '+33 6 55 50 01 27' } },
  organizations: { o1: { name: 'Atelier M', units: [{ name: 'Bindery' }] } },
};
const right = {
  name: { full: 'Elodie MARCHAND' }, emails: { e1: { address: 'Elodie@Atelier-M.example' } }, phones: { p1: { number: '06 55 50 01 27' } },
  anniversaries: { a1: { kind: 'birth', date: { '@type': 'PartialDate', month: 5, day: 9 } } }, notes: { n1: { note: 'Binds books' } },
};
const result = { ...right, ...left };
const lines = (card: Record<string, unknown>) => linesOf(card, partialDate);

it('tells every value of a card in a line', () => {
  expect(lines(result).map((line) => `${line.kind}: ${line.value}`)).toEqual([
    'organizations: Atelier M, Bindery', 'emails: elodie@atelier-m.example', 'phones: +33 6 55 50 01 27', 'notes: Binds books', 'anniversaries: 9 May',
  ]);
});

it('says which card each came from, however it was written there', () => {
  expect(sourcesOf(lines(result), [lines(left), lines(right)])).toEqual([[0], [0, 1], [0, 1], [1], [1]]);
});

it('leaves out what was chosen, and nothing else', () => {
  expect(without(result, new Set(['notes/n1', 'emails/e1']))).toEqual({ name: left.name, phones: left.phones, organizations: left.organizations, anniversaries: right.anniversaries });
  expect(result.notes).toEqual(right.notes);
});

it('goes under the name that was chosen, the other one stays as a nickname', () => {
  const united = { ...result, nicknames: { n: { name: 'Elodie MARCHAND' }, m: { name: 'Lo' } } };
  expect(renamed(united, right)).toEqual({ ...result, name: right.name, nicknames: { m: { name: 'Lo' }, 'former-name': { name: 'Élodie Marchand' } } });
  expect(renamed(united, left)).toBe(united);
});
