import { expect, it } from 'vitest';
import { hueOf } from '@/contact/face';
import { labelHue } from './hue';

it('is the colour somebody chose, else the one of its id', () => {
  expect(labelHue({ id: '0198', hue: 205 })).toBe(205);
  expect(labelHue({ id: '0198', hue: null })).toBe(hueOf('0198'));
});
