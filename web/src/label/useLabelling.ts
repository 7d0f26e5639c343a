// Giving one contact a label and taking it off, shown at once, with Undo; and making a label.
import { asRefusal, Refusal } from '@/api/refusal';
import type { BatchAnswer, Summary } from '@/api/types';
import { useKept } from '@/device/useKept';
import { useRolo } from '@/rolo';

export function useLabelling() {
  const { api, book, outbox, toasts, undo, text } = useRolo();
  const kept = useKept();

  function tell(error: unknown) {
    const refusal = asRefusal(error);
    toasts.say(refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.error.unknown), { bad: true });
  }

  async function turn(contact: Pick<Summary, 'id'>, label: string, on: boolean): Promise<void> {
    const name = book.labels.value.get(label)?.name ?? '';
    try {
      const posted = await outbox.act({
        what: 'label', name: book.find(contact.id)?.name || text.contact.nameless, contacts: [contact.id], shown: { labels: on ? { on: [label], off: [] } : { on: [], off: [label] } },
        call: { method: 'POST', path: '/v1/batches', body: { atomic: true, items: [{ op: on ? 'label' : 'unlabel', contact: contact.id, label }] } },
      });
      if (!posted.done) return kept([posted.waiting], posted.waiting.name);
      const { batch, items } = posted.data as BatchAnswer;
      const [item] = items;
      if (item?.error) throw Refusal.from(item.status, item.error);
      undo.offer(on ? text.card.labelled(name) : text.card.unlabelled(name), batch);
    } catch (error) {
      tell(error);
    }
  }

  /** Makes a label and answers its id; nothing when it was refused. */
  async function make(inBook: string, name: string): Promise<string | null> {
    try {
      const { data } = await api.answer(api.client.POST('/v1/labels', { body: { book: inBook, name } }));
      await book.refresh();
      return data.id;
    } catch (error) {
      tell(error);
      return null;
    }
  }

  return { turn, make, tell };
}
