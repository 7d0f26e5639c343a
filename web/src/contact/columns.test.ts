import { expect, it } from 'vitest';
import { columnChoice, columnsOf, moved } from './columns';

it('shows the usual columns until others are kept, each once and none unknown', () => {
  expect(columnsOf(null)).toEqual(['email', 'phone', 'company', 'labels']);
  expect(columnsOf(['updated', 'email', 'updated', 'shoe-size' as never])).toEqual(['updated', 'email']);
  expect(columnsOf([])).toEqual([]);
});

it('lists those shown first, in their order, then the rest', () => {
  expect(columnChoice(['labels', 'email']).map((one) => `${one.column}${one.on ? '+' : ''}`)).toEqual(['labels+', 'email+', 'phone', 'company', 'title', 'updated']);
});

it('moves one by one, and stops at the ends', () => {
  expect([moved(['a', 'b', 'c'], 2, -1), moved(['a', 'b', 'c'], 0, -1), moved(['a', 'b', 'c'], 0, 1)]).toEqual([['a', 'c', 'b'], ['a', 'b', 'c'], ['b', 'a', 'c']]);
});
