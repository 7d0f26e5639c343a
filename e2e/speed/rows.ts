// What a measurement prints: one row each, with its goal where design.md names one, as docs/speed.md keeps them.

/** A value that was measured. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** What it should be, and whether it is. Some values are only told. */
  readonly goal?: { readonly text: string; readonly met: boolean };
}

/** The value below which this share of all lies. */
export function share(values: readonly number[], of: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(of * sorted.length) - 1)] ?? Number.NaN;
}

export const ms = (value: number) => `${Math.round(value)} ms`;
export const kB = (octets: number) => `${(octets / 1000).toFixed(1)} kB`;
export const MB = (octets: number) => `${Math.round(octets / 1_000_000)} MB`;

/** As a line of a table. */
export function show({ what, value, goal }: Row): string {
  return `${what.padEnd(58)} ${value.padStart(34)}  ${goal ? `${goal.text}: ${goal.met ? 'met' : 'missed'}` : ''}`.trimEnd();
}

/** All that had a goal, in one sentence. */
export function sum(rows: readonly Row[]): string {
  const goals = rows.filter((row) => row.goal);
  const missed = goals.filter((row) => !row.goal!.met);
  return `${goals.length - missed.length} of ${goals.length} goals met${missed.length > 0 ? `; missed: ${missed.map((row) => `${row.what} ${row.value}`).join(', ')}` : ''}`;
}
