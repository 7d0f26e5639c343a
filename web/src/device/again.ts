// An edit made on top of one that waited before it. When that one is done the server has given the values it changed other
// ids, so what was typed is put on top of the card as it is then, as it is for a conflict.
import type { Contact } from '@/api/types';
import { rebased } from '@/contact/conflict';
import { formOf, patchOf } from '@/contact/form';
import type { Waiting } from './waiting';

/** Whether nothing but its labels was changed since an edit was made: then there is nothing to choose between. */
export function untouched(one: Waiting, now: Contact): boolean {
  const before = one.draft?.before;
  return one.what === 'edit' && before !== undefined && one.call.body?.labels === undefined && Object.keys(patchOf(before, formOf(now.card), now.card)).length === 0;
}

export function again(one: Waiting, now: Contact): Waiting {
  const { draft } = one;
  if (one.what !== 'edit' || !draft?.before) return one;
  const newest = formOf(now.card);
  const form = rebased(draft.before, draft.form, newest);
  return { ...one, call: { ...one.call, body: { ...one.call.body, card: patchOf(newest, form, now.card) } }, draft: { ...draft, form, before: newest } };
}
