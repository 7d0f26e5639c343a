import { expect, it } from 'vitest';
import { listAt, neighboursOf } from './neighbours';
import { person } from './people.fixture';

const people = [person({ id: 'a' }), person({ id: 'b', labels: ['l'] }), person({ id: 'c', kind: 'org' }), person({ id: 'd', labels: ['l'] })];

it('knows who comes before and after, within the list one came from', () => {
  expect(neighboursOf('b', people)).toEqual({ at: 2, of: 4, previous: 'a', next: 'c' });
  expect(neighboursOf('a', people)?.previous).toBeNull();
  expect(neighboursOf('x', people)).toBeNull();
  expect(neighboursOf('b', listAt('/labels/l?x', people))).toEqual({ at: 1, of: 2, previous: null, next: 'd' });
  expect(listAt('/companies', people).map((one) => one.id)).toEqual(['c']);
  expect(listAt(null, people)).toBe(people);
});
