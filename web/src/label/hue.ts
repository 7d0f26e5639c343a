// A label's colour comes from its id, as a face's does.
import { hueOf } from '@/contact/face';

export const labelHue = hueOf;
