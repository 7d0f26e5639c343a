// What one does to everybody chosen: shown at once, done in batches, with Undo for all of it and a word about those left out.
import type { Label, Summary } from '@/api/types';
import { useKept } from '@/device/useKept';
import { over, type Shown, type Wanted, type What } from '@/device/waiting';
import { useRolo } from '@/rolo';
import { runBatch, type Item, type Outcome } from './batch';
import { useContactActs } from './useContactActs';

const AT_ONCE = 1000;

export function useManyActs() {
  const { api, book, outbox, selection, toasts, undo, text, format } = useRolo();
  const { tell } = useContactActs();
  const kept = useKept();

  interface Change {
    what: What;
    /** What a line looks like then, by the book it is in. */
    shown: (book: string) => Shown;
    done: string;
    /** Undoes what is an account's own (stars, hiding): those are no versions that a batch could take back. */
    back?: () => void;
    summary?: string;
  }

  async function change(people: readonly Summary[], items: readonly Item[], { what, shown, done, back, summary }: Change): Promise<boolean> {
    try {
      const change = (one: Summary) => over(shown(one.book), one);
      const outcome = await book.optimistic(people.map((one) => one.id), change, () => outbox.orKeep(() => runBatch(api, items, summary), () => pieces(people, items, what, shown)));
      if (Array.isArray(outcome)) kept(outcome, people.length === 1 ? people[0]!.name || text.contact.nameless : text.label.people(people.length, format.number(people.length)));
      else if (back && outcome.left === 0) toasts.say(done, { act: { title: text.undo.act, run: back } });
      else say(back ? { ...outcome, batches: [] } : outcome, done);
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }
  /** As changes that wait: each of one book, and no more than the server takes at once. */
  function pieces(people: readonly Summary[], items: readonly Item[], what: What, shown: (book: string) => Shown): Wanted[] {
    const found: Wanted[] = [];
    for (const home of new Set(people.map((one) => one.book))) {
      const there = people.filter((one) => one.book === home);
      for (let from = 0; from < there.length; from += AT_ONCE) {
        const part = there.slice(from, from + AT_ONCE);
        const ids = new Set(part.map((one) => one.id));
        const mine = items.filter((item) => ids.has(item.contact ?? ''));
        const name = part.length === 1 ? part[0]!.name || text.contact.nameless : text.label.people(part.length, format.number(part.length));
        for (let at = 0; at < mine.length; at += AT_ONCE) {
          found.push({ what, name, contacts: [...ids], shown: shown(home), call: { method: 'POST', path: '/v1/batches', body: { atomic: false, items: mine.slice(at, at + AT_ONCE) } } });
        }
      }
    }
    return found;
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
  const now = (before: readonly Summary[]) => before.map((one) => book.find(one.id)).filter((one) => one !== undefined);

  function star(people: readonly Summary[], starred: boolean) {
    const wanted = people.filter((one) => one.starred !== starred);
    const items = wanted.map((one): Item => ({ op: starred ? 'star' : 'unstar', contact: one.id }));
    return change(wanted, items, { what: starred ? 'star' : 'unstar', shown: () => ({ set: { starred } }), done: text.choose.starred(wanted.length, starred), back: () => void star(now(wanted), !starred) });
  }
  function hide(people: readonly Summary[], hidden: boolean) {
    const items = people.map((one): Item => ({ op: hidden ? 'hide' : 'unhide', contact: one.id }));
    return change(people, items, { what: hidden ? 'hide' : 'unhide', shown: () => ({ set: { hidden } }), done: text.choose.hidden(people.length, hidden), back: () => void hide(now(people), !hidden) });
  }
  /** Move to the bin. The revisions named are those that were on screen: a newer card is left, and told. */
  function remove(people: readonly Summary[]) {
    const items = people.map((one): Item => ({ op: 'delete', contact: one.id, revision: one.revision }));
    const words = people.length === 1 ? text.contact.removed(people[0]!.name || text.contact.nameless) : text.choose.removed(people.length);
    return change(people, items, { what: 'delete', shown: () => ({ gone: true }), done: words });
  }
  function move(people: readonly Summary[], to: string) {
    const wanted = people.filter((one) => one.book !== to);
    const items = wanted.map((one): Item => ({ op: 'move', contact: one.id, book: to, revision: one.revision }));
    return change(wanted, items, { what: 'move', shown: () => ({ set: { book: to } }), done: text.choose.moved(wanted.length, book.books.value.get(to)?.name ?? '') });
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
    const shown = (home: string): Shown => ({ labels: { on: on.filter((label) => label.book === home).map((label) => label.id), off: off.map((label) => label.id) } });
    if (items.length === 0) return Promise.resolve(true);
    return change([...changed.values()], items, {
      what: 'label', shown, done: text.choose.relabelled(changed.size, on.map((one) => one.name), off.map((one) => one.name)), summary: [...new Set([...on, ...off].map((one) => one.name))].join(', '),
    });
  }
  function people(): Summary[] {
    return [...selection.chosen.value].map(book.find).filter((one) => one !== undefined);
  }
  return { star, hide, remove, move, relabel, people };
}
