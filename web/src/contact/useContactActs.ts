// What one does to a contact from anywhere: star, move to the bin. Shown at once, taken back when refused, with Undo.
import { batchOf } from '@/api/client';
import { asRefusal } from '@/api/refusal';
import type { Summary } from '@/api/types';
import { useRolo } from '@/rolo';

export function useContactActs() {
  const { api, book, toasts, undo, text } = useRolo();

  function tell(error: unknown) {
    const refusal = asRefusal(error);
    toasts.say(refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.error.unknown), { bad: true });
  }

  async function star(person: Pick<Summary, 'id' | 'starred'>): Promise<boolean> {
    const starred = !person.starred;
    const params = { params: { path: { id: person.id } } };
    try {
      await book.optimistic(person.id, (shown) => Object.freeze({ ...shown, starred }), () =>
        api.answer(starred ? api.client.PUT('/v1/contacts/{id}/star', params) : api.client.DELETE('/v1/contacts/{id}/star', params)));
      return starred;
    } catch (error) {
      tell(error);
      return person.starred;
    }
  }

  /** Move to the bin. `revision` is the one that was on screen: a newer card is not thrown away unseen. */
  async function remove(person: Pick<Summary, 'id' | 'name' | 'revision'>): Promise<boolean> {
    try {
      const { response } = await book.optimistic(person.id, () => null, () =>
        api.answer(api.client.DELETE('/v1/contacts/{id}', { params: { path: { id: person.id }, header: { 'If-Match': `"${person.revision}"` } } })));
      undo.offer(text.contact.removed(person.name || text.contact.nameless), batchOf(response));
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }

  return { star, remove, tell };
}
