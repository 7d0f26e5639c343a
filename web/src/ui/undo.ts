// Undo: every write belongs to a batch, and a batch can be taken back, large ones as a job.
import type { Api } from '@/api/client';
import { asRefusal, Refusal } from '@/api/refusal';
import type { BookStore } from '@/contact/book';
import type { Catalogue } from '@/locales/en';
import type { Toasts } from './toasts';

const ASK_AGAIN_MS = 700;
/** How often nobody may answer in turn: about three minutes. */
const SILENT_MAX = 250;

export function createUndo(api: Api, book: BookStore, toasts: Toasts, text: Catalogue) {
  /** Waits until a job is done. It goes on while nobody can say so: a silent server is asked again. */
  async function finished(job: string): Promise<void> {
    for (let silent = 0; ; ) {
      try {
        const { data } = await api.answer(api.client.GET('/v1/jobs/{id}', { params: { path: { id: job } } }));
        if (data.state === 'failed') throw new Refusal(409, data.why ?? text.undo.givenUp);
        if (data.state === 'done') return;
        silent = 0;
      } catch (error) {
        silent += 1;
        if (silent > SILENT_MAX || !asRefusal(error).passing) throw error;
      }
      await new Promise((go) => setTimeout(go, ASK_AGAIN_MS));
    }
  }

  /** Why something could not be taken back, for the person. */
  function why(error: unknown): string {
    const refusal = asRefusal(error);
    return refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.undo.failed);
  }

  /** Take a batch back, or only what it did to one contact; the answer says how many fields were left because they changed again since. */
  async function take(batch: string, contact?: string): Promise<number> {
    const { data } = await api.answer(api.client.POST('/v1/undo', { body: { batch, ...(contact ? { contact } : {}) } }));
    if (data.job) await finished(data.job);
    await book.refresh();
    return data.left?.length ?? 0;
  }

  /** Say what happened, with Undo in the toast when there is a batch to take back; several go back last first. */
  function offer(done: string, batch: string | readonly string[] | null, after?: () => void | Promise<void>) {
    const batches = typeof batch === 'string' ? [batch] : batch ?? [];
    if (batches.length === 0) return toasts.say(done);
    toasts.say(done, {
      act: {
        title: text.undo.act,
        run: async () => {
          try {
            let left = 0;
            for (const one of [...batches].reverse()) left += await take(one);
            await after?.();
            toasts.say(left > 0 ? text.undo.partly(left) : text.undo.done);
          } catch (error) {
            toasts.say(why(error), { bad: true });
          }
        },
      },
    });
  }

  return { take, offer, finished, why };
}
