import { expect, it } from 'vitest';
import { timeLeft } from './left';

const now = Date.parse('2026-11-21T12:00:00Z');
it('counts the days a card has left in the bin', () => {
  expect(timeLeft('2026-11-21T11:59:00Z', now)).toEqual({ days: 30, percent: 100 });
  expect(timeLeft('2026-11-16T12:00:00Z', now)).toEqual({ days: 25, percent: 83 });
  expect(timeLeft('2026-10-22T18:00:00Z', now)).toEqual({ days: 1, percent: 1 });
  expect(timeLeft('2026-10-01T00:00:00Z', now)).toEqual({ days: 0, percent: 0 });
});
it('a clock that goes wrong promises no more than there is', () => {
  expect(timeLeft('2027-01-01T00:00:00Z', now)).toEqual({ days: 30, percent: 100 });
});
