// A label's colour: the one chosen for it, else one that comes from its id, as a face's does.
import type { Label } from '@/api/types';
import { HUES, hueOf } from '@/contact/face';

/** The nearest of the ten hues there are tokens for. */
export function nearestHue(degrees: number): number {
  const away = (hue: number) => Math.min(Math.abs(hue - degrees), 360 - Math.abs(hue - degrees));
  return HUES.reduce<number>((best, hue) => (away(hue) < away(best) ? hue : best), HUES[0]);
}

export function labelHue(label: string | Pick<Label, 'id' | 'hue'>): number {
  if (typeof label === 'string') return hueOf(label);
  return label.hue === null || label.hue === undefined ? hueOf(label.id) : nearestHue(label.hue);
}
