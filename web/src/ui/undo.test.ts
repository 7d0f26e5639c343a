import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApi } from '@/api/client';
import type { BookStore } from '@/contact/book';
import { en } from '@/locales/en';
import { createToasts } from './toasts';
import { createUndo } from './undo';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Waits for a job of which these are told in turn: a state, the status of a refusal, or 0 for no answer at all. */
async function waited(told: readonly (string | number)[], why: string | null = null): Promise<{ asked: number; said: string }> {
  let asked = 0;
  const api = createApi(() => {
    const one = told[Math.min(asked, told.length - 1)]!;
    asked += 1;
    if (one === 0) return Promise.reject(new TypeError('Failed to fetch'));
    return Promise.resolve(typeof one === 'number' ? Response.json({ status: one }, { status: one }) : Response.json({ state: one, why }));
  }, 'https://rolo.example');
  const undo = createUndo(api, {} as BookStore, createToasts(), en);
  const end = undo.finished('1').then(() => 'done', (error: unknown) => undo.why(error));
  await vi.runAllTimersAsync();
  return { asked, said: await end };
}

it('waits until a job is done, also while nobody can say how far it is', async () => {
  expect(await waited(['waiting', 'running', 0, 503, 429, 502, 'running', 'done'])).toEqual({ asked: 8, said: 'done' });
});

it('says what became of a job that is not done', async () => {
  expect(await waited(['running', 'failed'], 'The disk is full.')).toEqual({ asked: 2, said: 'The disk is full.' });
  expect((await waited(['running', 'failed'])).said).toBe(en.undo.givenUp);
  expect(await waited(['running', 404])).toEqual({ asked: 2, said: en.undo.failed });
});

it('does not ask a silent server for ever', async () => {
  const { asked, said } = await waited([0]);
  expect(said).toBe(en.error.unreachable);
  expect(asked).toBeLessThan(1000);
});
