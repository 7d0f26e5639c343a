// What one does to everybody chosen: shown at once, done in batches, with Undo for all of it and a word about those left out.
import type { Label, Summary } from '@/api/types';
import { useRolo } from '@/rolo';
import { runBatch, type Item, type Outcome } from './batch';
import { useContactActs } from './useContactActs';

type Change = (person: Summary) => Summary | null;

export function useManyActs() {
  const { api, book, selection, toasts, undo, text } = useRolo();
  const { tell } = useContactActs();

  /** `back` undoes what is an account's own (stars, hiding): those are no versions that a batch could take back. */
  async function change(people: readonly Summary[], items: readonly Item[], shown: Change, done: string, more: { back?: () => void; summary?: string } = {}): Promise<boolean> {
    const { back, summary } = more;
    try {
      const outcome = await book.optimistic(people.map((one) => one.id), shown, () => runBatch(api, items, summary));
      if (back && outcome.left === 0) toasts.say(done, { act: { title: text.undo.act, run: back } });
      else say(back ? { ...outcome, batches: [] } : outcome, done);
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }
  function say({ batches, left, why }: Outcome, done: string) {
    if (left === 0) {
      undo.offer(done, batches);
      return;
    }
    const words = text.choose.leftOut(left, why);
    if (batches.length === 0) toasts.say(words, { bad: true });
    else undo.offer(`${done}. ${words}`, batches);
  }
  const frozen = (person: Summary, more: Partial<Summary>) => Object.freeze({ ...person, ...more });

  const now = (before: readonly Summary[]) => before.map((one) => book.find(one.id)).filter((one) => one !== undefined);

  function star(people: readonly Summary[], starred: boolean) {
    const wanted = people.filter((one) => one.starred !== starred);
    const items = wanted.map((one): Item => ({ op: starred ? 'star' : 'unstar', contact: one.id }));
    return change(wanted, items, (one) => frozen(one, { starred }), text.choose.starred(wanted.length, starred), { back: () => void star(now(wanted), !starred) });
  }
  function hide(people: readonly Summary[], hidden: boolean) {
    const items = people.map((one): Item => ({ op: hidden ? 'hide' : 'unhide', contact: one.id }));
    return change(people, items, (one) => frozen(one, { hidden }), text.choose.hidden(people.length, hidden), { back: () => void hide(now(people), !hidden) });
  }
  /** Move to the bin. The revisions named are those that were on screen: a newer card is left, and told. */
  function remove(people: readonly Summary[]) {
    const items = people.map((one): Item => ({ op: 'delete', contact: one.id, revision: one.revision }));
    const words = people.length === 1 ? text.contact.removed(people[0]!.name || text.contact.nameless) : text.choose.removed(people.length);
    return change(people, items, () => null, words);
  }
  function move(people: readonly Summary[], to: string) {
    const wanted = people.filter((one) => one.book !== to);
    const items = wanted.map((one): Item => ({ op: 'move', contact: one.id, book: to, revision: one.revision }));
    return change(wanted, items, (one) => frozen(one, { book: to }), text.choose.moved(wanted.length, book.books.value.get(to)?.name ?? ''));
  }
  /** Put labels on and take labels off, each on the contacts of its own book. */
  function relabel(people: readonly Summary[], on: readonly Label[], off: readonly Label[]) {
    const items: Item[] = [];
    const changed = new Map<string, Summary>();
    const step = (label: Label, op: 'label' | 'unlabel') => {
      for (const one of people) {
        if (one.book !== label.book || one.labels.includes(label.id) === (op === 'label')) continue;
        items.push({ op, contact: one.id, label: label.id });
        changed.set(one.id, one);
      }
    };
    for (const label of on) step(label, 'label');
    for (const label of off) step(label, 'unlabel');
    const gone = new Set(off.map((label) => label.id));
    const shown: Change = (one) => frozen(one, {
      labels: [...one.labels.filter((id) => !gone.has(id)), ...on.filter((label) => label.book === one.book && !one.labels.includes(label.id)).map((label) => label.id)],
    });
    if (items.length === 0) return Promise.resolve(true);
    return change([...changed.values()], items, shown,
      text.choose.relabelled(changed.size, on.map((one) => one.name), off.map((one) => one.name)),
      { summary: [...new Set([...on, ...off].map((one) => one.name))].join(', ') });
  }
  function people(): Summary[] {
    return [...selection.chosen.value].map(book.find).filter((one) => one !== undefined);
  }
  return { star, hide, remove, move, relabel, people };
}
