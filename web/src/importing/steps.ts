// Where an import stands, and what its numbers mean: pure, so that a reload lands on the very same step.
import type { Import, Verdict } from '@/api/types';

export const STEPS = ['file', 'columns', 'check', 'import', 'done'] as const;
export type Step = (typeof STEPS)[number];
export const VERDICTS: readonly Verdict[] = ['new', 'update', 'same', 'check', 'refused'];
export type Decision = 'skip' | 'new' | 'update';

/** The step to show. Between reading and running one may go back and forth, which is what `wanted` says. */
export function stepOf(one: Import | null, wanted: string | undefined): Step {
  if (!one) return 'file';
  const mapped = one.columns.length > 0;
  switch (one.state) {
    case 'reading':
      return 'check';
    case 'mapping':
      return mapped && wanted !== 'check' ? 'columns' : 'check';
    case 'checked':
      return mapped && wanted !== 'check' ? 'columns' : 'check';
    case 'running':
    case 'failed':
      return 'import';
    case 'done':
    case 'undone':
      return 'done';
  }
}

/** How many contacts will be written: new and update, and those to check that somebody decided on. */
export function planned(one: Import, rest: Decision, decisions: ReadonlyMap<number, Decision>): number {
  const decided = [...decisions.values()];
  const written = decided.filter((decision) => decision !== 'skip').length;
  const open = Math.max(0, one.counts.check - decided.length);
  return one.counts.new + one.counts.update + written + (rest === 'skip' ? 0 : open);
}

export function percentOf(done: number, total: number): number {
  return total <= 0 ? 0 : Math.min(100, Math.floor((done / total) * 100));
}

/** Seconds left, from two looks at the progress; nothing while it is too early to tell. */
export function secondsLeft(first: { at: number; done: number }, now: { at: number; done: number }, total: number): number | null {
  const rows = now.done - first.done;
  const passed = (now.at - first.at) / 1000;
  if (rows <= 0 || passed < 1) return null;
  return Math.ceil((total - now.done) / (rows / passed));
}

const TYPES: Readonly<Record<string, string>> = { csv: 'text/csv', tsv: 'text/csv', txt: 'text/csv', vcf: 'text/vcard', vcard: 'text/vcard', json: 'application/jscontact+json', zip: 'application/zip' };

export function typeOf(name: string): string {
  return TYPES[name.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}
