// Undo: every write belongs to a batch, and a batch can be taken back, large ones as a job.
import type { Api } from '@/api/client';
import { asRefusal } from '@/api/refusal';
import type { BookStore } from '@/contact/book';
import type { Catalogue } from '@/locales/en';
import type { Toasts } from './toasts';

const ASK_AGAIN_MS = 700;

export function createUndo(api: Api, book: BookStore, toasts: Toasts, text: Catalogue) {
  async function finished(job: string): Promise<void> {
    for (;;) {
      const { data } = await api.answer(api.client.GET('/v1/jobs/{id}', { params: { path: { id: job } } }));
      if (data.state === 'failed') throw new Error(text.undo.failed);
      if (data.state === 'done') return;
      await new Promise((go) => setTimeout(go, ASK_AGAIN_MS));
    }
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
            toasts.say(asRefusal(error).detail ?? text.undo.failed, { bad: true });
          }
        },
      },
    });
  }

  return { take, offer, finished };
}
