import { expect, it } from 'vitest';
import { person } from '@/contact/people.fixture';
import { warm } from './warm';

let ended = 0;
const people = Array.from({ length: 1000 }, (_, n) => person({ id: String(n), name: `P${n}` }));

it('works through everybody in turns that end when time is up', () => {
  let turns = 0;
  const waiting: ((left: () => number) => void)[] = [];
  warm(people, () => (ended += 1), (run) => waiting.push(run));
  while (waiting.length > 0) {
    turns += 1;
    let left = 6;
    waiting.pop()!(() => (left -= 2));
  }
  expect(turns).toBe(people.length / 20);
  expect(ended).toBe(1);
});

it('stops when told', () => {
  const waiting: ((left: () => number) => void)[] = [];
  const stop = warm(people, () => (ended += 1), (run) => waiting.push(run));
  stop();
  waiting.pop()!(() => 50);
  expect(waiting).toEqual([]);
});
