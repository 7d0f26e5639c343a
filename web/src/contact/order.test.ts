import { expect, it } from 'vitest';
import { compare } from './order';
import { person } from './people.fixture';

it('orders by the moment of the last change, however many digits it is written with', () => {
  const at = (second: string) => person({ id: second, updated_at: `2026-11-22T18:01:${second}Z` });
  const newest = ['41', '40.885', '40.88', '40.5', '40', '39.999'];
  expect([...newest].sort().map(at).sort(compare('updated')).map((one) => one.id)).toEqual(newest);
});
