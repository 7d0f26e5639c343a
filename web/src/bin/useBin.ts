// What is in the bin, page by page; put back with Undo, or delete for good, which is asked before.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { batchOf } from '@/api/client';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Summary, SummaryPage } from '@/api/types';
import { runBatch } from '@/contact/batch';
import { useContactActs } from '@/contact/useContactActs';
import { BIN } from '@/first/calls';
import { useRolo } from '@/rolo';

const PAGE = 100;

export function useBin() {
  const { api, book, first, toasts, undo, text } = useRolo();
  const { tell } = useContactActs();
  const given = first.answer<SummaryPage>(BIN);
  const told = shallowRef<readonly Summary[]>(given?.items ?? []);
  const leaving = shallowRef<ReadonlySet<string>>(new Set());
  const people = computed(() => told.value.filter((one) => !leaving.value.has(one.id)));
  const state = ref<'loading' | 'ready' | 'error'>(given ? 'ready' : 'loading');
  const problem = shallowRef<Refusal | null>(null);
  const total = ref(given?.total ?? 0);
  const next = ref<string | null>(given?.next ?? null);
  let shown = PAGE;

  async function page(cursor: string | null) {
    const query = cursor ? { limit: PAGE, cursor } : { limit: PAGE };
    return (await api.answer(api.client.GET('/v1/bin', { params: { query } }))).data;
  }
  /** From the start, as far as it was shown before. */
  async function load(): Promise<void> {
    problem.value = null;
    try {
      let found: Summary[] = [];
      let cursor: string | null = null;
      do {
        const data = await page(cursor);
        found = [...found, ...data.items];
        total.value = data.total;
        cursor = data.next;
      } while (cursor && found.length < shown);
      told.value = found;
      next.value = cursor;
      state.value = 'ready';
    } catch (error) {
      problem.value = asRefusal(error);
      if (state.value !== 'ready') state.value = 'error';
    }
  }
  async function more(): Promise<void> {
    shown += PAGE;
    await load();
  }
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
    while (next.value) await more();
    if (problem.value) return tell(problem.value);
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
    return leave(told.value.map((one) => one.id), async () => {
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
  if (typeof document !== 'undefined' && !given) void load();
  return { people, state, problem, total, next, load, more, putBack, putAllBack, purge, empty };
}
