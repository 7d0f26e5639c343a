import { describe, expect, it } from 'vitest';
import { en } from '@/locales/en';
import { createFormat } from '@/locales/format';
import type { Card } from './card';
import { alsoOn } from './describe';
import { differences } from './differences';

const reader = { text: en, format: createFormat(en.format) };
const also = (card: Card) => alsoOn(card, reader).map((line) => `${line.name}: ${line.value}`);

describe('also on this card', () => {
  it('shows what has no field of its own, and nothing that has', () => {
    expect(also({
      '@type': 'Card', version: '1.0', name: { full: 'Ann' }, emails: { a: { address: 'a@x.example' } },
      speakToAs: { grammaticalGender: 'feminine', pronouns: { p: { pronouns: 'she/her' } } }, personalInfo: { h: { kind: 'hobby', value: 'Sailing' } },
      calendars: { c: { kind: 'calendar', uri: 'https://cal.example/x', label: 'Duty' } }, 'rolo:gender': { sex: 'F', text: 'woman' }, preferredLanguages: { l: { language: 'de' } }, language: 'ga',
    })).toEqual([
      'Grammatical gender: feminine', 'Pronouns: she/her', 'Hobby: Sailing', 'Calendar, Duty: https://cal.example/x', 'Gender: Female · woman', 'Language: de', 'Language of the card: ga',
    ]);
  });
  it('keeps unknown members and properties in sight, whatever their shape', () => {
    expect(also({ 'else.example:odd': { deep: { deeper: ['one', 2, true] } }, vCardProps: [['x-thing', {}, 'text', 'kept'], ['x-two', {}, 'text', 'a', 'b'], 7] })).toEqual([
      'else.example:odd: one · 2 · Yes', 'X-THING: kept', 'X-TWO: a, b',
    ]);
  });
  it('tells a file by its kind and size, and leaves the photo to its place', () => {
    expect(also({ media: { p: { kind: 'photo', uri: 'data:image/png;base64,AAAA' }, l: { kind: 'logo', uri: `data:image/png;base64,${'A'.repeat(4096)}` }, u: { kind: 'photo', uri: 'https://x.example/a.jpg' } } })).toEqual([
      'Logo: PNG, 3 kB', 'Photo: https://x.example/a.jpg',
    ]);
  });
});

describe('differences', () => {
  it('puts an edited value beside its old one, and says what came and went', () => {
    const lines = differences([
      { path: 'updated', before: '1', after: '2' },
      { path: 'emails/a', before: { address: 'old@x.example', contexts: { work: true } }, after: null },
      { path: 'emails/b', before: null, after: { address: 'new@x.example', contexts: { work: true } } },
      { path: 'phones/p', before: null, after: { number: '070' } },
      { path: 'relatedTo/Ann Lee', before: { relation: { spouse: true } }, after: null },
      { path: 'keywords/Choir', before: true, after: null }, { path: 'keywords/Clients', before: null, after: true },
      { path: 'name', before: { full: 'A' }, after: { full: 'B' } },
      { path: 'anniversaries/z', before: { kind: 'birth', date: { month: 8, day: 20 } }, after: { kind: 'birth', date: { year: 1984, month: 8, day: 20 } } },
    ], reader);
    expect(lines.map(({ name, label, before, after }) => [name, label, before, after])).toEqual([
      ['E-mail', 'Work', 'old@x.example', 'new@x.example'], ['Phone', '', null, '070'], ['Person', 'Spouse', 'Ann Lee', null],
      ['Labels', '', 'Choir', null], ['Labels', '', null, 'Clients'], ['Name', '', 'A', 'B'],
      ['Date', 'Birthday', '20 August', '20 August 1984'],
    ]);
  });
});
