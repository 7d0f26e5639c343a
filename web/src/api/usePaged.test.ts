import { expect, it } from 'vitest';
import { usePaged, type Page } from './usePaged';

/** A list of the first `count` numbers in pages of two, whose answers are given by hand. */
function told(count: number) {
  const asked: { cursor: string | null; answer(page?: Page<number>): Promise<void>; refuse(): Promise<void> }[] = [];
  const paged = usePaged<number>((cursor) => new Promise((resolve, reject) => {
    const from = Number(cursor);
    const items = [from, from + 1].filter((one) => one < count);
    const moment = () => new Promise<void>((passed) => setTimeout(passed, 0));
    asked.push({
      cursor,
      answer(page = { items, next: from + 2 < count ? String(from + 2) : null }) {
        resolve(page);
        return moment();
      },
      refuse() {
        reject(new TypeError('Failed to fetch'));
        return moment();
      },
    });
  }));
  return { paged, asked };
}

it('comes page by page, and the next page once however often it is asked for', async () => {
  const { paged, asked } = told(5);
  expect([paged.items.value, paged.busy.value]).toEqual([null, false]);
  void paged.load();
  expect(paged.busy.value).toBe(true);
  await asked[0]!.answer();
  expect([paged.items.value, paged.next.value, paged.busy.value]).toEqual([[0, 1], '2', false]);
  void paged.more();
  void paged.more();
  expect(asked).toHaveLength(2);
  await asked[1]!.answer();
  expect(paged.items.value).toEqual([0, 1, 2, 3]);
  void paged.more();
  await asked[2]!.answer();
  expect([paged.items.value, paged.next.value]).toEqual([[0, 1, 2, 3, 4], null]);
  await paged.more();
  expect(asked).toHaveLength(3);
});

it('counts what was asked for last, not what came last', async () => {
  const { paged, asked } = told(2);
  const first = paged.load();
  void paged.load();
  await asked[1]!.answer({ items: [7], next: null });
  await asked[0]!.answer();
  await first;
  expect(paged.items.value).toEqual([7]);
  void paged.load();
  paged.forget();
  await asked[2]!.answer();
  expect([paged.items.value, paged.busy.value]).toEqual([null, false]);
});

it('lets who waits for an answer that counts no more wait for the one that does', async () => {
  const { paged, asked } = told(2);
  let stands = false;
  void paged.load().then(() => (stands = true));
  void paged.load();
  await asked[0]!.answer();
  expect(stands).toBe(false);
  await asked[1]!.answer();
  expect(stands).toBe(true);
});

it('is read anew as far as it was shown, and stays as it was when that fails on the way', async () => {
  const { paged, asked } = told(8);
  void paged.load();
  await asked[0]!.answer();
  void paged.more();
  await asked[1]!.answer();
  void paged.load();
  await asked[2]!.answer();
  await asked[3]!.refuse();
  expect([paged.items.value, paged.next.value, paged.problem.value?.unreachable]).toEqual([[0, 1, 2, 3], '4', true]);
  void paged.load();
  expect(paged.problem.value).toBe(null);
  await asked[4]!.answer();
  await asked[5]!.answer();
  expect([paged.items.value, asked.map((one) => one.cursor)]).toEqual([[0, 1, 2, 3], [null, '2', null, '2', null, '2']]);
});
