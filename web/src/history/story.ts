// The book's history as a time line: batches by day, narrowed by who or what.
import type { components } from '@/api/schema';

export type Batch = components['schemas']['Batch'];
export const FILTERS = ['all', 'you', 'others', 'devices', 'large'] as const;
export type Filter = (typeof FILTERS)[number];

const LARGE = new Set(['import', 'merge']);
/** What cannot be taken back, for there is nothing left to take back to. */
const FINAL = new Set(['purge']);

export function passes(batch: Batch, filter: Filter, me: string | undefined): boolean {
  switch (filter) {
    case 'all': return true;
    case 'you': return batch.by?.id === me && batch.door !== 'dav';
    case 'others': return batch.by?.id !== me;
    case 'devices': return batch.door === 'dav';
    case 'large': return LARGE.has(batch.act);
  }
}

/** Changes of one contact that are told at most. */
export const MANY = 20;
/** Whether what changed in a contact is told: what a new card says, or one that is gone said, would be all of it. */
export const reads = (act: string): boolean => !['create', 'import', 'delete'].includes(act);

export function undoable(batch: Batch): boolean {
  // Of settings the history keeps that they were changed, not what they were.
  const kept = batch.act !== 'settings' || batch.contacts > 0;
  return batch.undone_by === null && kept && !FINAL.has(batch.act);
}

/** Icon and hue of an act. */
export function lookOf(act: string): { icon: string; hue: number } {
  return ({
    create: { icon: 'user-plus', hue: 145 }, edit: { icon: 'edit', hue: 175 }, delete: { icon: 'trash', hue: 25 }, purge: { icon: 'trash', hue: 25 }, restore: { icon: 'undo', hue: 205 },
    move: { icon: 'book', hue: 275 }, merge: { icon: 'merge', hue: 60 }, undo: { icon: 'undo', hue: 95 }, import: { icon: 'import', hue: 240 }, label: { icon: 'label', hue: 310 },
    moment: { icon: 'clock', hue: 95 },
  } as Readonly<Record<string, { icon: string; hue: number }>>)[act] ?? { icon: 'history', hue: 205 };
}

/** Neighbours of one day under one heading; `dayOf` gives the day in the reader's zone. */
export function byDay<T extends { at: string }>(all: readonly T[], dayOf: (at: string) => string): { day: string; items: T[] }[] {
  const days: { day: string; items: T[] }[] = [];
  for (const one of all) {
    const day = dayOf(one.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(one);
    else days.push({ day, items: [one] });
  }
  return days;
}
