import { expect, it } from 'vitest';
import { createSelection } from './selection';

const order = ['a', 'b', 'c', 'd', 'e', 'f'];
const chosen = (selection: ReturnType<typeof createSelection>) => [...selection.chosen.value].sort().join('');

it('takes one more, one less', () => {
  const selection = createSelection();
  selection.toggle('b');
  selection.toggle('d');
  selection.toggle('b');
  expect(chosen(selection)).toBe('d');
});

it('takes a range in either direction, and keeps what was chosen before', () => {
  const selection = createSelection();
  selection.toggle('f');
  selection.toggle('c');
  selection.extend('a', order);
  expect(chosen(selection)).toBe('abcf');
  selection.extend('d', order);
  expect(chosen(selection)).toBe('abcdf');
});

it('begins a range with the row itself when nothing was chosen, or the first is gone', () => {
  const selection = createSelection();
  selection.extend('c', order);
  expect(chosen(selection)).toBe('c');
  selection.toggle('gone');
  selection.extend('e', order);
  expect(chosen(selection)).toBe('cegone');
});

it('lets go of those who are no longer there', () => {
  const selection = createSelection();
  selection.set(order);
  selection.keep((id) => id !== 'b');
  expect([selection.count.value, selection.chosen.value.has('b')]).toEqual([5, false]);
});
