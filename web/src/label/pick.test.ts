import { expect, it } from 'vitest';
import type { Label } from '@/api/types';
import { person } from '@/contact/people.fixture';
import { labelHue, nearestHue } from './hue';
import { linesOf } from './pick';

const label = (id: string, name: string, book = 'b'): Label => ({ id, book, name, hue: null, contacts: 0, modseq: 1, revision: 'r' });
const labels = [label('1', 'Work'), label('2', 'Family'), label('3', 'Work', 'c'), label('4', 'Elsewhere', 'd')];

it('says which labels all of them carry, which some, which none, over several books', () => {
  const people = [person({ id: 'p', labels: ['1', '2'] }), person({ id: 'q', book: 'c', labels: ['3'] })];
  expect(linesOf(people, labels).map((line) => [line.name, line.mark, line.labels.length])).toEqual([['Family', 'some', 1], ['Work', 'all', 2]]);
});

it('a label keeps the colour chosen for it, the nearest there is a token for, else one of its id', () => {
  expect([nearestHue(358), nearestHue(150), labelHue({ id: 'x', hue: 60 })]).toEqual([345, 145, 60]);
  expect(labelHue({ id: 'x', hue: null })).toBe(labelHue('x'));
});
