// What one does to a contact from anywhere: star, move to the bin. Shown at once, taken back when refused, with Undo.
import { batchOf } from '@/api/client';
import { asRefusal } from '@/api/refusal';
import type { Summary } from '@/api/types';
import { useKept } from '@/device/useKept';
import { useRolo } from '@/rolo';

export function useContactActs() {
  const { book, outbox, toasts, undo, text } = useRolo();
  const kept = useKept();

  function tell(error: unknown) {
    const refusal = asRefusal(error);
    toasts.say(refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.error.unknown), { bad: true });
  }

  async function star(person: Pick<Summary, 'id' | 'starred'> & { name?: string }): Promise<boolean> {
    const starred = !person.starred;
    const name = person.name || book.find(person.id)?.name || text.contact.nameless;
    try {
      const posted = await outbox.act({
        what: starred ? 'star' : 'unstar', name, contacts: [person.id], shown: { set: { starred } }, call: { method: starred ? 'PUT' : 'DELETE', path: `/v1/contacts/${person.id}/star` },
      });
      if (!posted.done) kept([posted.waiting], name);
      return starred;
    } catch (error) {
      tell(error);
      return person.starred;
    }
  }

  /** Move to the bin. `revision` is the one that was on screen: a newer card is not thrown away unseen. */
  async function remove(person: Pick<Summary, 'id' | 'name' | 'revision'>): Promise<boolean> {
    const name = person.name || text.contact.nameless;
    try {
      const posted = await outbox.act({ what: 'delete', name, contacts: [person.id], shown: { gone: true }, call: { method: 'DELETE', path: `/v1/contacts/${person.id}`, revision: person.revision } });
      if (posted.done) undo.offer(text.contact.removed(name), batchOf(posted.response));
      else kept([posted.waiting], name);
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }

  return { star, remove, tell };
}
