import { expect, it } from 'vitest';
import { calledIn } from './naming';
import { person } from './people.fixture';
import { stops } from './rail';

it('puts the family name in front for those who read it so, where the server says it is another', () => {
  const ann = person({ id: 'a', name: 'Ann de Vries', name_family_first: 'Vries, Ann de' });
  expect([calledIn(true, ann), calledIn(false, ann)]).toEqual(['Vries, Ann de', 'Ann de Vries']);
  expect(calledIn(true, person({ id: 'b', name: 'Acme' }))).toBe('Acme');
  expect(stops([ann], 'family').map((stop) => stop.letter)).toEqual(['V']);
});
