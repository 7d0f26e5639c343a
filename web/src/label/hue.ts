// A label's colour is the one somebody chose; until then it comes from its id, as a face's does.
import type { Label } from '@/api/types';
import { hueOf } from '@/contact/face';

export const labelHue = ({ id, hue }: Pick<Label, 'id' | 'hue'>): number => hue ?? hueOf(id);
