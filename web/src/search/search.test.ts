import { describe, expect, it } from 'vitest';
import { folded, marked, merge, narrows, parse, search } from '.';
import { person } from '@/contact/people.fixture';

const people = [
  person({ id: '1', name: 'Anna Karlsson', phones: ['+1 (202) 555-0143'] }),
  person({ id: '2', name: 'Ann Lee', emails: ['ann@lee.example'] }),
  person({ id: '3', name: 'Karl Åberg', company: 'Annexe' }),
  person({ id: '4', name: '高橋 美咲', phones: ['090-5555-0173'] }),
  person({ id: '5', name: 'Jürgen Groß', phones: ['+49 (0)30 901820'] }),
];
const found = (query: string) => search(people, query).map((one) => one.id);

describe('search', () => {
  it('puts a whole word of the name before a beginning, and a beginning before the rest', () => {
    expect(found('ann')).toEqual(['2', '1', '3']);
  });
  it('takes several words in any order', () => {
    expect(found('karl anna')).toEqual(['1']);
    expect(found('lee ann')).toEqual(['2']);
    expect(found('lee anna')).toEqual([]);
  });
  it('finds a phone by its digits in any notation', () => {
    expect(found('0202555')).toEqual(['1']);
    expect(found('202 555 01')).toEqual(['1']);
    expect(found('(202) 555')).toEqual(['1']);
    expect(found('+1202555')).toEqual(['1']);
    expect(found('5550143')).toEqual(['1']);
    expect(found('anna 0143')).toEqual(['1']);
    expect(found('ann 0173')).toEqual([]);
  });
  it('does not mind accents, ß or umlauts', () => {
    expect(found('aberg')).toEqual(['3']);
    expect(found('gross jurgen')).toEqual(['5']);
    expect(found('juergen')).toEqual(['5']);
  });
  it('finds inside a name without spaces', () => {
    expect(found('橋')).toEqual(['4']);
    expect(found('高橋')).toEqual(['4']);
    expect(found('橋高')).toEqual([]);
  });
  it('finds mail by its whole address and by its parts', () => {
    expect(found('ann@lee')).toEqual(['2']);
    expect(found('ann@lee.example')).toEqual(['2']);
  });
  it('finds the same letter by letter as at once', () => {
    const known = [...people, person({ id: '6', name: '高木 橋', phones: ['5 5'] }), person({ id: '7', name: 'Anne-Marie 555', emails: ['am@post.example'] })];
    for (const query of ['anna karlsson', 'juergen gross', '0202555', '5550143', '555 am', '高橋 美', 'anne-marie', 'post.example', 'ann@lee.e', 'o’annex', '각']) {
      for (let end = 1; end <= query.length; end += 1) {
        const typed = query.slice(0, end);
        expect(search(known, typed), typed).toEqual(search([...known], typed));
      }
    }
  });
  it('looks at everybody again when a letter does not only go on', () => {
    expect(narrows(parse('an'), parse('ann'))).toBe(true);
    expect(narrows(parse('ann'), parse('ann k'))).toBe(true);
    for (const [before, now] of [['', 'a'], ['ann', 'an'], ['5', '55'], ['高', '高橋'], ['ann', 'bann'], ['ann k', 'ann']]) {
      expect(narrows(parse(before!), parse(now!)), `${before} → ${now}`).toBe(false);
    }
  });
  it('searches a large book as far as it is ready, and whole once it is', () => {
    const many = Array.from({ length: 5000 }, (_, n) => person({ id: String(n), name: `Person ${n}` }));
    expect(search(many, 'person').length).toBe(2000);
    many.forEach(folded);
    expect(search(many, 'person').length).toBe(5000);
  });
  it('finds nobody for nothing', () => {
    expect(found('  ')).toEqual([]);
    expect(found('!')).toEqual([]);
  });
});

describe('merge', () => {
  it('adds what only the server found, after what is already there', () => {
    expect(merge([people[1]!], [people[0]!, people[1]!]).map((one) => one.id)).toEqual(['2', '1']);
  });
});

describe('marked', () => {
  const show = (text: string, query: string) =>
    marked(text, query).map((piece) => (piece.hit ? `[${piece.text}]` : piece.text)).join('');
  it('marks the letters that match, not their folded form', () => {
    expect(show('Åsa Åberg', 'ab as')).toBe('[Ås]a [Åb]erg');
    expect(show('Groß', 'gross')).toBe('[Groß]');
  });
  it('marks beginnings of words only', () => {
    expect(show('Joanna Ann', 'ann')).toBe('Joanna [Ann]');
  });
  it('marks digits across their punctuation', () => {
    expect(show('+1 (202) 555-0143', '0202555')).toBe('+1 ([202) 555]-0143');
  });
  it('gives the text back, whatever the query', () => {
    for (const query of ['', '(', '[x', '<b>', 'é'])
      expect(marked('Ann <b>', query).map((piece) => piece.text).join('')).toBe('Ann <b>');
  });
});
