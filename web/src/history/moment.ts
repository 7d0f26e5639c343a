// A time as a person chooses it, in the account's zone, and as the server knows it.

/** Minutes east of UTC at a moment. */
type Shift = (at: number) => number;
const MINUTE_MS = 60_000;

/** What a `datetime-local` field holds for this moment, whole seconds. */
export function toLocal(at: number, shift: Shift): string {
  return new Date(at + shift(at) * MINUTE_MS).toISOString().slice(0, 19);
}

/** The moment such a field means; nothing when it is empty or no time. An hour that came twice means the first. */
export function fromLocal(text: string, shift: Shift): number | null {
  const local = Date.parse(`${text}Z`);
  if (Number.isNaN(local)) return null;
  // The shift of the moment itself, which is known only once the moment is: from both sides, the earlier that fits.
  const guesses = [shift(local - 12 * 60 * MINUTE_MS), shift(local + 12 * 60 * MINUTE_MS)].map((minutes) => local - minutes * MINUTE_MS);
  const fits = guesses.filter((at) => at + shift(at) * MINUTE_MS === local);
  return Math.min(...(fits.length > 0 ? fits : guesses));
}
