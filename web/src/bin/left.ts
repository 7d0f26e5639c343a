// How long a card in the bin has left.
const DAY_MS = 86_400_000;
export const BIN_DAYS = 30;

/** Whole days left, rounded up so that the last one is never called none; and the share of the time that is left. */
export function timeLeft(deletedAt: string, now: number): { days: number; percent: number } {
  const left = Math.min(BIN_DAYS, Math.max(0, (Date.parse(deletedAt) + BIN_DAYS * DAY_MS - now) / DAY_MS));
  return { days: Math.ceil(left), percent: Math.round((left / BIN_DAYS) * 100) };
}
