// Many contacts changed in one go: cut into what the server takes at once, each piece whole or, where one contact stands in
// the way, each contact for itself, so that one newer card does not hold up the other thousands.
import type { Api } from '@/api/client';
import { asRefusal, Refusal } from '@/api/refusal';
import type { BatchItem } from '@/api/types';

const AT_ONCE = 1000;
/** What one contact's own state may cause; anything else concerns all of them. */
const OF_ONE = new Set([404, 409, 412, 422]);

export type Item = Omit<BatchItem, 'card'>;
export interface Outcome {
  batches: string[];
  /** How many were not changed, and why the first of them was not. */
  left: number;
  why: string | undefined;
}

export async function runBatch(api: Api, items: readonly Item[], summary?: string): Promise<Outcome> {
  const outcome: Outcome = { batches: [], left: 0, why: undefined };
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const piece = items.slice(from, from + AT_ONCE);
    try {
      await run(api, piece, summary, true, outcome);
    } catch (error) {
      const refusal = asRefusal(error);
      if (OF_ONE.has(refusal.status)) await run(api, piece, summary, false, outcome);
      else if (outcome.batches.length === 0) throw refusal;
      else {
        // What went before is done and can be undone; the rest stays as it was.
        outcome.left += items.length - from;
        outcome.why ??= refusal.detail;
        break;
      }
    }
  }
  return outcome;
}

async function run(api: Api, items: readonly Item[], summary: string | undefined, atomic: boolean, outcome: Outcome) {
  const { data, response } = await api.answer(api.client.POST('/v1/batches', { body: { atomic, summary: summary?.slice(0, 200) ?? null, items: items as BatchItem[] } }));
  // Left out when nothing had to be changed: then there is nothing to undo.
  const batch = response.headers.get('Rolo-Batch');
  if (batch) outcome.batches.push(batch);
  for (const answer of data.items) {
    if (answer.status < 400) continue;
    outcome.left += 1;
    outcome.why ??= Refusal.from(answer.status, answer.error).detail;
  }
}
