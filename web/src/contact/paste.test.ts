import { expect, it } from 'vitest';
import { pastedCard, pastedPeople } from './paste';

const read = (text: string) => pastedPeople(text).map(({ name, emails, phones }) => [name, ...emails, ...phones].join(' | '));

it('reads lines as people paste them', () => {
  expect(read('Ada Byron <ada@post.example>\n\nGrace Hopper, grace@navy.example, +1 202 555 0110\n高橋 美咲\tmisaki@aozora.example\n"Byron, Ada" <ada@x.example>')).toEqual([
    'Ada Byron | ada@post.example', 'Grace Hopper | grace@navy.example | +1 202 555 0110', '高橋 美咲 | misaki@aozora.example', 'Ada Byron | ada@x.example',
  ]);
});
it('takes a “To” field apart', () => {
  expect(read('Ada Byron <ada@post.example>, "Hopper, Grace" <grace@navy.example>; bob@x.example')).toEqual(['Ada Byron | ada@post.example', 'Grace Hopper | grace@navy.example', ' | bob@x.example']);
  expect(read('a@x.example, b@x.example;c@x.example')).toEqual([' | a@x.example', ' | b@x.example', ' | c@x.example']);
});
it('takes a name alone, a number alone, and nothing from nothing', () => {
  expect(read('Plato\n0151 555 0100\n---\n  ')).toEqual(['Plato', ' | 0151 555 0100']);
});
it('reads an enormous line at once', () => {
  expect(pastedPeople(`${'a@'.repeat(100_000)}`)).toHaveLength(1);
  expect(pastedPeople('a'.repeat(200_000))).toHaveLength(1);
  expect(pastedPeople(`${'1 '.repeat(100_000)}`)).toHaveLength(1);
});
it('makes cards of them', () => {
  expect(pastedCard({ name: 'Ada King Byron', emails: ['a@x.example'], phones: [], rest: 'Engines' })).toEqual({
    '@type': 'Card', version: '1.0', name: { components: [{ kind: 'given', value: 'Ada King' }, { kind: 'surname', value: 'Byron' }] }, emails: { n1: { address: 'a@x.example' } }, notes: { n1: { note: 'Engines' } },
  });
});
