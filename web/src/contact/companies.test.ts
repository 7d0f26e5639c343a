import { expect, it } from 'vitest';
import { namedOnly, workersOf } from './companies';
import { person } from './people.fixture';

it('tells companies with a card from those that only stand on the cards of people', () => {
  const people = [
    person({ id: 'k', kind: 'org', name: 'Oke', company: 'Oke' }), person({ id: 'n', kind: 'org', name: 'Nameless', company: null }),
    person({ id: '1', name: 'Ann', company: 'Oke' }), person({ id: '2', name: 'Bea', company: 'Acme' }), person({ id: '3', name: 'Cy', company: 'Zed' }), person({ id: '4', name: 'Dot', company: 'Zed' }),
    person({ id: '5', name: 'Eve', company: 'Nameless' }), person({ id: '6', name: 'Fay', company: null }),
  ];
  const workers = workersOf(people);
  expect(workers.get('Oke')?.map((one) => one.name)).toEqual(['Ann']);
  expect(namedOnly(workers, people.filter((one) => one.kind === 'org')).map(({ name, people }) => `${name} ${people.length}`)).toEqual(['Zed 2', 'Acme 1']);
});
