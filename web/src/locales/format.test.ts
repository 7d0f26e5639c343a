import { describe, expect, it } from 'vitest';
import { en } from './en';
import { createFormat } from './format';

const format = createFormat(en.format);

describe('format', () => {
  it('groups thousands', () => {
    expect([0, 999, 1000, 25_000, 1_234_567].map(format.number)).toEqual(['0', '999', '1,000', '25,000', '1,234,567']);
  });
  it('writes as much of a date as there is', () => {
    expect(format.partialDate({ year: 1986, month: 4, day: 23 })).toBe('23 April 1986');
    expect(format.partialDate({ month: 8, day: 20 })).toBe('20 August');
    expect(format.partialDate({ year: 1985, month: 4 })).toBe('April 1985');
    expect(format.partialDate({ year: 1985 })).toBe('1985');
    expect(format.partialDate({})).toBe('');
  });
  it('tells a moment in the reader’s zone', () => {
    const now = Date.parse('2026-11-21T14:00:00Z');
    expect(format.moment('2026-11-21T13:42:00Z', now, 60)).toBe('Today, 14:42');
    expect(format.moment('2026-11-20T23:30:00Z', now, 0)).toBe('Yesterday, 23:30');
    expect(format.moment('2026-11-20T23:30:00Z', now, 60)).toBe('Today, 00:30');
    expect(format.moment('2026-11-03T10:00:00Z', now, 0)).toBe('3 November');
    expect(format.moment('2025-11-03T10:00:00Z', now, 0)).toBe('3 November 2025');
  });
});
