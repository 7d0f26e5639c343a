import { expect, it } from 'vitest';
import { shiftIn } from '@/settings/zone';
import { fromLocal, toLocal } from './moment';

const dublin = (at: number) => shiftIn('Europe/Dublin', at) ?? 0;

it('says a time in the zone of the account, and knows it again', () => {
  for (const at of ['2026-01-31T12:00:05Z', '2026-07-01T23:30:00Z', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z'].map(Date.parse)) expect(fromLocal(toLocal(at, dublin), dublin)).toBe(at);
  expect(toLocal(Date.parse('2026-07-01T23:30:00Z'), dublin)).toBe('2026-07-02T00:30:00');
});

it('takes the first of an hour that came twice, and an hour that never was as the one before the clocks changed', () => {
  expect(fromLocal('2026-10-25T01:30', dublin)).toBe(Date.parse('2026-10-25T00:30:00Z'));
  expect(fromLocal('2026-03-29T01:30', dublin)).toBe(Date.parse('2026-03-29T00:30:00Z'));
});

it('is nothing without a day and an hour', () => {
  for (const text of ['', '2026-13-01T00:00', 'soon']) expect(fromLocal(text, () => 0)).toBeNull();
});
