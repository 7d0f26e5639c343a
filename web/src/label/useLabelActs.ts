// What one does to a label: make, rename, recolour, merge, delete. The contacts follow, and each act offers Undo.
import { batchOf } from '@/api/client';
import type { Label } from '@/api/types';
import { useContactActs } from '@/contact/useContactActs';
import { useRolo } from '@/rolo';

export function useLabelActs() {
  const { api, book, undo, text, format } = useRolo();
  const { tell } = useContactActs();
  const seen = (label: Label) => ({ params: { path: { id: label.id }, header: { 'If-Match': '*' } } });

  async function attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }

  /** A refusal is thrown on: it belongs at the dialog's field. */
  async function make(name: string, into: string, hue: number | null): Promise<Label> {
    const { data } = await api.answer(api.client.POST('/v1/labels', { body: { name, book: into, hue } }));
    await book.refresh();
    return data;
  }
  async function change(label: Label, name: string, hue: number | null): Promise<void> {
    const { data, response } = await api.answer(api.client.PATCH('/v1/labels/{id}', { ...seen(label), body: { name, hue } }));
    await book.refresh();
    undo.offer(text.label.changed(data.name), batchOf(response));
  }
  function merge(label: Label, into: Label): Promise<boolean> {
    return attempt(async () => {
      const { response } = await api.answer(api.client.POST('/v1/labels/{id}/merge', { params: { path: { id: label.id } }, body: { into: into.id } }));
      await book.refresh();
      undo.offer(text.label.merged(label.name, into.name), batchOf(response));
    });
  }
  function remove(label: Label, contacts: boolean): Promise<boolean> {
    return attempt(async () => {
      const count = book.labelCounts.value.get(label.id) ?? 0;
      const { response } = await api.answer(api.client.DELETE('/v1/labels/{id}', {
        params: { path: { id: label.id }, header: { 'If-Match': '*' }, query: { contacts } },
      }));
      await book.refresh();
      undo.offer(contacts ? text.label.removedWith(label.name, text.label.people(count, format.number(count))) : text.label.removed(label.name), batchOf(response));
    });
  }
  return { make, change, merge, remove };
}
