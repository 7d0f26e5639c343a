import { expect, it } from 'vitest';
import { listAt, neighboursOf, queryAt } from './neighbours';
import { person } from './people.fixture';

const people = [person({ id: 'a' }), person({ id: 'b', labels: ['l é'], company: 'C' }), person({ id: 'c', kind: 'org', name: 'C' }), person({ id: 'd', labels: ['l é'], starred: true })];
const lists = { people, hidden: [person({ id: 'h', hidden: true })], find: (id: string) => people.find((one) => one.id === id), found: (query: string) => people.filter((one) => query.includes(one.id)).reverse() };
const ids = (path: unknown) => listAt(path, lists).map((one) => one.id);

it('knows who comes before and after, within the list one came from', () => {
  expect(neighboursOf('b', people)).toEqual({ at: 2, of: 4, previous: 'a', next: 'c' });
  expect(neighboursOf('a', people)?.previous).toBeNull();
  expect(neighboursOf('x', people)).toBeNull();
  expect(neighboursOf('b', listAt('/labels/l%20%C3%A9?x', lists))).toEqual({ at: 2, of: 2, previous: 'd', next: null });
});
it('takes each list in the order it shows: the starred first, a search by its finds', () => {
  expect(ids('/')).toEqual(['d', 'a', 'b', 'c']);
  expect(ids(null)).toEqual(['d', 'a', 'b', 'c']);
  expect(ids('/search?q=ab')).toEqual(['b', 'a']);
  expect(ids('/companies')).toEqual(['c']);
  expect(ids('/hidden')).toEqual(['h']);
  expect(ids('/contacts/c')).toEqual(['b']);
  expect(ids('/contacts/a')).toEqual(['d', 'a', 'b', 'c']);
  expect([queryAt('/search?q=a%26b+c#x'), queryAt('/search'), queryAt('/?q=x'), queryAt(undefined)]).toEqual(['a&b c', '', '', '']);
});
