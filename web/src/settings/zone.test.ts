import { expect, it } from 'vitest';
import { shiftIn } from './zone';

it('knows how far east of UTC a zone is, summer and winter', () => {
  const winter = Date.parse('2026-01-15T23:30:00Z');
  const summer = Date.parse('2026-07-15T12:00:00Z');
  expect([shiftIn('Europe/Vienna', winter), shiftIn('Europe/Vienna', summer), shiftIn('Asia/Kolkata', winter), shiftIn('America/New_York', winter), shiftIn('UTC', winter)]).toEqual([60, 120, 330, -300, 0]);
  expect(shiftIn('Nowhere/At_All', winter)).toBeNull();
});
