// How countries write an address: the order of its fields in the form and on the page, and what they call a region and a
// postcode. Countries not named here write as most of Europe does.
import type { AddressLine } from './form';

export type AddressField = 'street' | 'extended' | 'box' | 'city' | 'region' | 'postcode';
export type RegionWord = 'region' | 'state' | 'province' | 'county' | 'prefecture' | 'emirate';
export type PostcodeWord = 'postcode' | 'zip' | 'eircode' | 'pin';
export interface AddressFormat {
  /** Rows of the form: fields with how many of twelve columns each takes. */
  rows: readonly (readonly [AddressField, 'c3' | 'c4' | 'c5' | 'c6' | 'c8' | 'c12'])[];
  /** Lines of the written address; fields of one line with what stands between them. */
  lines: readonly (readonly (AddressField | string)[])[];
  region: RegionWord;
  postcode: PostcodeWord;
}

const STREET = [['extended', 'c8'], ['box', 'c4']] as const;
const codeFirst: AddressFormat = {
  rows: [...STREET, ['postcode', 'c4'], ['city', 'c8'], ['region', 'c6']],
  lines: [['box'], ['street'], ['extended'], ['postcode', ' ', 'city'], ['region']], region: 'region', postcode: 'postcode',
};
const townFirst: AddressFormat = {
  rows: [...STREET, ['city', 'c6'], ['region', 'c3'], ['postcode', 'c3'], ],
  lines: [['box'], ['street'], ['extended'], ['city', ', ', 'region', ' ', 'postcode']], region: 'state', postcode: 'postcode',
};
const codeLast: AddressFormat = {
  rows: [...STREET, ['city', 'c8'], ['postcode', 'c4'], ['region', 'c6']],
  lines: [['box'], ['street'], ['extended'], ['city'], ['region'], ['postcode']], region: 'county', postcode: 'postcode',
};
const largestFirst: AddressFormat = {
  rows: [['postcode', 'c4'], ['region', 'c4'], ['city', 'c4'], ...STREET],
  lines: [['postcode'], ['region', ' ', 'city'], ['street'], ['extended'], ['box']], region: 'prefecture', postcode: 'postcode',
};

const FORMATS: Readonly<Record<string, AddressFormat>> = {
  US: { ...townFirst, postcode: 'zip' }, PH: { ...codeFirst, postcode: 'zip' }, CA: { ...townFirst, region: 'province' }, AU: townFirst, BR: townFirst, MX: { ...codeFirst, region: 'state' },
  IN: { ...townFirst, postcode: 'pin' }, NG: townFirst, GB: codeLast, IE: { ...codeLast, postcode: 'eircode' }, NZ: { ...codeLast, region: 'region' }, ZA: { ...codeLast, region: 'province' },
  KE: codeLast, SG: codeLast, HK: codeLast, AE: { ...codeLast, region: 'emirate' }, IT: { ...codeFirst, region: 'province' }, ES: { ...codeFirst, region: 'province' },
  JP: largestFirst, KR: { ...largestFirst, region: 'province' }, CN: { ...largestFirst, region: 'province' }, TW: { ...largestFirst, region: 'county' },
};

export function addressFormat(country: string): AddressFormat {
  return FORMATS[country.toUpperCase()] ?? codeFirst;
}

/** An address as its country writes it, without the country. What is not there leaves no gap and no stray comma. */
export function writtenLines(parts: Pick<AddressLine, AddressField>, country: string): string[] {
  const isField = (word: string): word is AddressField => word in parts;
  return addressFormat(country).lines.flatMap((line) => {
    let text = '';
    let between = '';
    for (const word of line) {
      if (!isField(word)) between ||= word;
      else if (parts[word].trim()) {
        text += (text ? between : '') + parts[word].trim();
        between = '';
      }
    }
    return text ? text.split('\n') : [];
  });
}
