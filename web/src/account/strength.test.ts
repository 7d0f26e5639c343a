import { expect, it } from 'vitest';
import { strengthOf } from './strength';

it('grows with length, not with symbols', () => {
  expect(strengthOf('')).toBe(0);
  expect(strengthOf('aaaaaaaaaaaaaaaa')).toBe(1);
  expect(strengthOf('12345678901234')).toBe(1);
  expect(strengthOf('P@ssw0rd')).toBeLessThan(3);
  expect(strengthOf('walnut bergen cello')).toBe(4);
});
