import { describe, expect, it } from 'vitest';
import cases from '../../../fixtures/family-first.json';
import { familyFirstOf, labelOf, labelPatch, nameOf, photoIn } from './card';

describe('a name', () => {
  it('is the written one, on one line', () => {
    expect(nameOf({ name: { full: ' Ann\n  Lee ', components: [{ kind: 'given', value: 'Anna' }] } })).toBe('Ann Lee');
  });
  // The same names are turned on the server (`crates/core/src/keys/family_first.rs`), where the list's lines are made.
  it.each(cases)('has its family name in front as in the list: $familyFirst', ({ name, familyFirst }) => {
    expect(familyFirstOf({ name }) ?? null).toBe(familyFirst);
  });
  it('is put together in its usual order, or in the order the card says', () => {
    const components = [{ kind: 'surname', value: 'Lee' }, { kind: 'given', value: 'Ann' }, { kind: 'title', value: 'Dr.' }, { kind: 'credential', value: 'PhD' }];
    expect(nameOf({ name: { full: '', components } })).toBe('Dr. Ann Lee PhD');
    expect(nameOf({ name: { isOrdered: true, components: [{ kind: 'surname', value: '田中' }, { kind: 'separator', value: ' ' }, { kind: 'given', value: '太郎' }] } })).toBe('田中 太郎');
  });
  it('has something to stand in for it', () => {
    const card: Record<string, unknown> = { links: { a: { uri: 'https://x.example' } }, emails: { a: { address: 'a@x.example' } }, organizations: { a: { name: ' ' }, b: { name: 'Lee & Co' } } };
    expect(nameOf(card)).toBe('Lee & Co');
    delete card.organizations;
    expect(nameOf(card)).toBe('a@x.example');
    delete card.emails;
    expect(nameOf(card)).toBe('https://x.example');
    expect(nameOf({})).toBe('');
  });
});

describe('a label', () => {
  it('is the most special thing a member says, and own text before all', () => {
    expect(labelOf({ contexts: { work: true }, features: { voice: true, mobile: true } })).toBe('work mobile');
    expect(labelOf({ contexts: { private: true }, features: { fax: true, mobile: true } })).toBe('home fax');
    expect(labelOf({ features: { 'main-number': true } })).toBe('main');
    expect(labelOf({ label: 'Boat', contexts: { work: true } })).toBe('Boat');
    expect(labelOf({ 'rolo:label': 'Boat house' })).toBe('Boat house');
    expect(labelOf({})).toBe('');
  });
  it('is read back as it was set, for every word offered and for own text', () => {
    for (const [kind, words] of [['phones', ['mobile', 'home', 'work', 'main', 'work mobile', 'home fax', 'pager', 'other', 'Boat', 'work boat']], ['addresses', ['home', 'billing', 'Boat house']]] as const) {
      for (const word of words) expect(labelOf(labelPatch(kind, word, undefined))).toBe(word);
    }
    expect(labelPatch('emails', '', undefined)).toEqual({});
    expect(labelPatch('emails', '', { label: 'Boat' })).toEqual({ label: null });
  });
});

describe('a photo', () => {
  const photo = (uri: string, mediaType = 'image/jpeg', kind = 'photo') => ({ kind, mediaType, uri });
  it('is the first image within the card, by its version', () => {
    expect(photoIn({ media: { a: photo('https://a.example/me.jpg'), b: photo('rolo:blob:aa', 'image/png', 'logo'), c: photo('rolo:blob:bb', 'image/tiff'), d: photo('rolo:blob:cc'), e: photo('rolo:blob:dd') } })).toBe('cc');
  });
  it('that is small or not there has none', () => {
    expect([photoIn({}), photoIn({ media: { a: photo('https://a.example/me.jpg') } }), photoIn({ media: { a: photo('data:image/jpeg;base64,AA=='), b: photo('rolo:blob:cc') } })]).toEqual([undefined, undefined, undefined]);
  });
});
