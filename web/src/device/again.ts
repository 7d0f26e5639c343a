// An edit made on top of one that waited before it. When that one is done the server has given the values it changed other
// ids, so what was typed is put on top of the card as it is then, as it is for a conflict.
import type { Contact } from '@/api/types';
import { rebased } from '@/contact/conflict';
import { formOf, patchOf } from '@/contact/form';
import type { Waiting } from './waiting';

export function again(one: Waiting, now: Contact): Waiting {
  const { draft } = one;
  if (one.what !== 'edit' || !draft?.before) return one;
  const newest = formOf(now.card);
  const form = rebased(draft.before, draft.form, newest);
  return { ...one, call: { ...one.call, body: { ...one.call.body, card: patchOf(newest, form, now.card) } }, draft: { ...draft, form, before: newest } };
}
