import { expect, it } from 'vitest';
import { en } from '@/locales/en';
import { createFormat } from '@/locales/format';
import { byDay, FILTERS, lookOf, passes, undoable, type Batch } from './story';

const batch = (more: Partial<Batch>): Batch => ({
  id: 'b', act: 'edit', summary: null, by: { id: 'me', name: 'Noor' }, door: 'web', device: null, at: '2026-11-21T12:00:00Z', contacts: 1, undoes: null, undone_by: null, ...more,
});
const all = [
  batch({ id: 'mine' }), batch({ id: 'phone', door: 'dav' }), batch({ id: 'jon', by: { id: 'jon', name: 'Jón' } }), batch({ id: 'import', act: 'import' }), batch({ id: 'rolo', by: null, door: 'job' }),
];

it('is narrowed by who, by devices, or to imports and merges', () => {
  const found = Object.fromEntries(FILTERS.map((filter) => [filter, all.filter((one) => passes(one, filter, 'me')).map((one) => one.id).join(' ')]));
  expect(found).toEqual({ all: 'mine phone jon import rolo', you: 'mine import', others: 'jon rolo', devices: 'phone', large: 'import' });
});

it('offers to undo what can be undone, once', () => {
  expect([undoable(all[0]!), undoable(batch({ undone_by: 'x' })), undoable(batch({ act: 'purge' })), undoable(batch({ act: 'undo' }))]).toEqual([true, false, false, true]);
  expect([undoable(batch({ act: 'settings', contacts: 0 })), undoable(batch({ act: 'settings' })), undoable(batch({ act: 'label', contacts: 0 }))]).toEqual([false, true, true]);
});

it('stands under its day in the reader’s zone', () => {
  const format = createFormat(en.format);
  const now = Date.parse('2026-11-21T12:00:00Z');
  const days = byDay([batch({ at: '2026-11-21T00:30:00Z' }), batch({ at: '2026-11-20T23:30:00Z' }), batch({ at: '2026-11-20T22:30:00Z' }), batch({ at: '2026-11-03T10:00:00Z' })], (at) => format.day(at, now, 60));
  expect(days.map((one) => [one.day, one.items.length])).toEqual([['Today', 2], ['Yesterday', 1], ['3 November', 1]]);
  expect(format.clock('2026-11-20T23:30:00Z', 60)).toBe('00:30');
});

it('has words and a look of its own for every act of the book', () => {
  const acts = ['create', 'edit', 'delete', 'restore', 'purge', 'move', 'merge', 'undo', 'import', 'label', 'moment', 'settings'];
  const told = acts.map((act) => en.story.what(act, 2, '2', null));
  for (const [at, act] of acts.entries()) expect(told[at], act).not.toBe(act);
  expect(new Set(told).size).toBe(acts.length);
  expect(en.story.what('moment', 2, '2', 'Yesterday, 14:30')).toBe('took the book back to how it was (Yesterday, 14:30): 2 contacts');
  expect(lookOf('moment').icon).toBe('clock');
});
