// Giving one contact a label and taking it off, shown at once, with Undo; and making a label.
import { asRefusal, Refusal } from '@/api/refusal';
import type { BatchItem, Summary } from '@/api/types';
import { useRolo } from '@/rolo';

export function useLabelling() {
  const { api, book, toasts, undo, text } = useRolo();

  function tell(error: unknown) {
    const refusal = asRefusal(error);
    toasts.say(refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.error.unknown), { bad: true });
  }

  async function turn(contact: Pick<Summary, 'id'>, label: string, on: boolean): Promise<void> {
    const name = book.labels.value.get(label)?.name ?? '';
    const change = (person: Summary): Summary => Object.freeze({ ...person, labels: on ? [...person.labels.filter((one) => one !== label), label] : person.labels.filter((one) => one !== label) });
    try {
      const { data } = await book.optimistic(contact.id, change, async () => {
        const answer = await api.answer(api.client.POST('/v1/batches', { body: { atomic: true, items: [{ op: on ? 'label' : 'unlabel', contact: contact.id, label } as BatchItem] } }));
        const item = answer.data.items[0];
        if (item?.error) throw Refusal.from(item.status, item.error);
        return answer;
      });
      undo.offer(on ? text.card.labelled(name) : text.card.unlabelled(name), data.batch);
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
