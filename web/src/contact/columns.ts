// The list's columns: which, in which order. The name always stands first and is none of them.
import type { components } from '@/api/schema';

export type Column = components['schemas']['ListColumn'];
export const ALL_COLUMNS: readonly Column[] = ['email', 'phone', 'company', 'title', 'labels', 'updated'];
export const USUAL_COLUMNS: readonly Column[] = ['email', 'phone', 'company', 'labels'];

/** As the account keeps them, each once; the usual ones when it keeps none. */
export function columnsOf(kept: readonly Column[] | null | undefined): readonly Column[] {
  if (!kept) return USUAL_COLUMNS;
  return [...new Set(kept)].filter((one) => ALL_COLUMNS.includes(one));
}

/** All columns as a list to choose from: those shown in their order, then the others. */
export function columnChoice(shown: readonly Column[]): { column: Column; on: boolean }[] {
  return [...shown.map((column) => ({ column, on: true })), ...ALL_COLUMNS.filter((one) => !shown.includes(one)).map((column) => ({ column, on: false }))];
}

export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = from + by;
  const next = [...list];
  if (to < 0 || to >= list.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
