import { expect, it } from 'vitest';
import { loadNumbers } from './phone';

it('groups a number as its country does while it is typed', async () => {
  const { grouped } = await loadNumbers();
  expect(grouped('+353915550142', 'GB')).toBe('+353 91 555 0142');
  expect(grouped('2025550110', 'US')).toBe('(202) 555-0110');
  expect(grouped('+4670123', '')).toBe('+46 70 123');
});
it('leaves what is more than a number', async () => {
  const { grouped } = await loadNumbers();
  expect(['+353 1 555 0190 ext. 24', '0800 FLOWERS', '*100#'].map((typed) => grouped(typed, 'IE'))).toEqual(['+353 1 555 0190 ext. 24', '0800 FLOWERS', '*100#']);
});
it('knows whose number it is, and moves it to another country', async () => {
  const { countryOf, moved } = await loadNumbers();
  expect([countryOf('+46 70', 'IE'), countryOf('091 555', 'IE'), countryOf('+', 'IE'), countryOf('+1 202 555 0110', '')]).toEqual(['SE', 'IE', '', 'US']);
  expect(moved('091 555 0142', 'IE', 'GB')).toBe('+44 915 550 142');
  expect(moved('', 'IE', 'SE')).toBe('+46 ');
});
