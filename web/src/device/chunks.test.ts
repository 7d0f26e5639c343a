import { expect, it } from 'vitest';
import { person } from '@/contact/people.fixture';
import { chunked, chunkOf, chunksFor, isCrowded } from './chunks';

/** Ids as the server gives them: of one moment, so that only their ends differ. */
const ids = (count: number) => Array.from({ length: count }, (_, n) => `0198a1b2-c3d4-7000-8000-${n.toString(16).padStart(12, '0')}`);

it('cuts a book into chunks of 500 to 1,000, also one whose ids were given in a row', () => {
  const people = ids(25_000).map((id) => person({ id }));
  const parts = chunked(people, chunksFor(people.length));
  const sizes = parts.map((part) => part.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25_000);
  expect([Math.min(...sizes) >= 500, Math.max(...sizes) <= 1000]).toEqual([true, true]);
});

it('keeps everybody in one place while the book has its chunks, and cuts anew only when it outgrew them', () => {
  for (const id of ids(50)) expect(chunkOf(id, 36)).toBe(chunkOf(id, 36));
  expect([chunksFor(0), chunksFor(700), chunksFor(701)]).toEqual([1, 1, 2]);
  expect([isCrowded(1000, 1), isCrowded(1001, 1), isCrowded(25_000, 36)]).toEqual([false, true, false]);
});
