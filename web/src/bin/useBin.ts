// What is in the bin, page by page; put back with Undo, or delete for good, which is asked before.
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { batchOf } from '@/api/client';
import type { Summary, SummaryPage } from '@/api/types';
import { usePaged } from '@/api/usePaged';
import { runBatch } from '@/contact/batch';
import { useContactActs } from '@/contact/useContactActs';
import { BIN } from '@/first/calls';
import { useRolo } from '@/rolo';

const PAGE = 100;

export function useBin() {
  const { api, book, first, toasts, undo, text } = useRolo();
  const { tell } = useContactActs();
  const given = first.answer<SummaryPage>(BIN);
  const { items, last, next, problem, load, more } = usePaged<Summary, SummaryPage>(async (cursor) => {
    const query = cursor ? { limit: PAGE, cursor } : { limit: PAGE };
    return (await api.answer(api.client.GET('/v1/bin', { params: { query } }))).data;
  }, given);
  const leaving = shallowRef<ReadonlySet<string>>(new Set());
  const people = computed(() => (items.value ?? []).filter((one) => !leaving.value.has(one.id)));
  const state = computed(() => (items.value ? 'ready' : problem.value ? 'error' : 'loading'));
  const total = computed(() => last.value?.total ?? 0);

  /** Gone from the page at once, and there again when it was refused. */
  async function leave(ids: readonly string[], act: () => Promise<void>): Promise<void> {
    leaving.value = new Set([...leaving.value, ...ids]);
    try {
      await act();
    } catch (error) {
      tell(error);
    } finally {
      await Promise.all([load(), book.refresh()]);
      await book.weigh();
      leaving.value = new Set([...leaving.value].filter((id) => !ids.includes(id)));
    }
  }
  const after = () => load().then(() => book.weigh());

  function putBack(person: Summary): Promise<void> {
    return leave([person.id], async () => {
      const { response } = await api.answer(api.client.POST('/v1/bin/{id}/restore', { params: { path: { id: person.id } } }));
      undo.offer(text.bin.back(person.name || text.contact.nameless), batchOf(response), after);
    });
  }
  async function putAllBack(): Promise<void> {
    while (next.value) {
      await more();
      if (problem.value) return tell(problem.value);
    }
    const all = people.value;
    await leave(all.map((one) => one.id), async () => {
      const { batches, left, why } = await runBatch(api, all.map((one) => ({ op: 'restore', contact: one.id })));
      const words = text.bin.backMany(all.length - left);
      undo.offer(left ? `${words}. ${text.choose.leftOut(left, why)}` : words, batches, after);
    });
  }
  function purge(person: Summary): Promise<void> {
    return leave([person.id], async () => {
      await api.answer(api.client.DELETE('/v1/bin/{id}', { params: { path: { id: person.id } } }));
      toasts.say(text.bin.gone(person.name || text.contact.nameless));
    });
  }
  function empty(): Promise<void> {
    return leave((items.value ?? []).map((one) => one.id), async () => {
      const { data } = await api.answer(api.client.DELETE('/v1/bin'));
      if (data.job) await undo.finished(data.job);
      toasts.say(text.bin.emptied);
    });
  }

  // Somebody deletes, or a phone does: the page follows.
  const stop = watch(book.binned, (now, before) => {
    if (now !== before && state.value === 'ready' && leaving.value.size === 0) void load();
  });
  onScopeDispose(stop);
  async function onward(): Promise<void> {
    await more();
    if (problem.value) tell(problem.value);
  }
  if (typeof document !== 'undefined' && !given) void load();
  return { people, state, problem, total, next, load, more: onward, putBack, putAllBack, purge, empty };
}
