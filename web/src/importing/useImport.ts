// One import as the wizard follows it: uploaded, mapped, checked, run, undone. The server holds its state, so the page may
// be left and come back to at any time.
import { computed, onScopeDispose, reactive, ref, shallowRef, watch, type Ref } from 'vue';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Import, ImportRow, Verdict } from '@/api/types';
import { useRolo } from '@/rolo';
import { percentOf, planned, secondsLeft, stepOf, typeOf, type Decision } from './steps';

const ASK_AGAIN_MS = 600;
const ROWS_AT_ONCE = 100;

export function useImport(id: Ref<string | null>, wanted: Ref<string | undefined>) {
  const { api, book, undo, around } = useRolo();
  const one = shallowRef<Import | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  const edits = reactive(new Map<number, { field: string | null; label: string | null }>());
  const decisions = reactive(new Map<number, Decision>());
  const rest = ref<Decision>('skip');
  const begun = shallowRef<{ at: number; done: number } | null>(null);
  const seconds = ref<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const step = computed(() => (id.value && !one.value ? null : stepOf(one.value, wanted.value)));
  const toWrite = computed(() => (one.value ? planned(one.value, rest.value, decisions) : 0));
  const percent = computed(() => (one.value ? percentOf(one.value.done, one.value.rows) : 0));

  function take(next: Import) {
    const was = one.value?.state;
    one.value = next;
    clearTimeout(timer);
    if (next.state === 'reading' || next.state === 'running') timer = setTimeout(() => void load(), ASK_AGAIN_MS);
    if (next.state === 'running') {
      const now = { at: around.now(), done: next.done };
      begun.value ??= now;
      seconds.value = secondsLeft(begun.value, now, next.rows);
    }
    if (next.state === 'done' && was === 'running') void book.refresh();
  }

  /** Do something with the server; what goes wrong is shown, and the wizard stays where it is. */
  async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    busy.value = true;
    problem.value = null;
    try {
      return await act();
    } catch (error) {
      problem.value = asRefusal(error);
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  async function load(): Promise<void> {
    const wantedId = id.value;
    if (!wantedId) return;
    try {
      const { data } = await api.answer(api.client.GET('/v1/imports/{id}', { params: { path: { id: wantedId } } }));
      if (id.value !== wantedId) return;
      problem.value = null;
      take(data);
    } catch (error) {
      const refusal = asRefusal(error);
      if (id.value !== wantedId) return;
      problem.value = refusal;
      // While it runs a silent server is asked again: the import goes on without this page.
      if (one.value?.state === 'running' && refusal.status !== 404) timer = setTimeout(() => void load(), ASK_AGAIN_MS * 5);
    }
  }
  watch(id, () => {
    one.value = null;
    edits.clear();
    decisions.clear();
    rest.value = 'skip';
    begun.value = null;
    clearTimeout(timer);
    if (typeof document !== 'undefined') void load();
  }, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));

  const path = () => ({ path: { id: one.value!.id } });

  const upload = (file: Blob, name: string, into: string) => attempt(async () => {
    const { data } = await api.answer(api.client.POST('/v1/imports', {
      params: { query: { book: into, name } }, body: file, bodySerializer: (body) => body, headers: { 'Content-Type': typeOf(name) },
    }));
    return data.id;
  });

  /** Columns as they are on screen: the server's guess under the person's choices. */
  const columns = computed(() => (one.value?.columns ?? []).map((column) => {
    const edit = edits.get(column.index);
    return edit ? { ...column, ...edit, guessed_by: null, chosen: true } : { ...column, chosen: false };
  }));

  const check = () => attempt(async () => {
    const changed = [...edits].map(([index, edit]) => ({ index, ...edit }));
    if (changed.length === 0 && one.value?.state === 'checked') return true;
    const all = columns.value.map(({ index, field, label }) => ({ index, field, label: label ?? null }));
    const { data } = await api.answer(api.client.PATCH('/v1/imports/{id}', { params: path(), body: { columns: all } }));
    edits.clear();
    decisions.clear();
    take(data);
    return true;
  });

  const rows = (verdict: Verdict | null, cursor: string | null): Promise<{ items: ImportRow[]; next: string | null; total: number }> =>
    api.answer(api.client.GET('/v1/imports/{id}/rows', {
      params: { ...path(), query: { limit: ROWS_AT_ONCE, ...(verdict ? { verdict } : {}), ...(cursor ? { cursor } : {}) } },
    })).then(({ data }) => data);

  /** `contact` is the card to update, where it is not the one the row was compared with. */
  const decide = (row: number, decision: Decision, contact: string | null = null) => attempt(async () => {
    await api.answer(api.client.PUT('/v1/imports/{id}/rows/{row}/decision', { params: { path: { id: one.value!.id, row } }, body: { decision, ...(contact ? { contact } : {}) } }));
    decisions.set(row, decision);
    return true;
  });

  const run = () => attempt(async () => {
    await api.answer(api.client.POST('/v1/imports/{id}/run', { params: path(), body: { check: rest.value } }));
    await load();
    return true;
  });

  /** Stops it; what was written until then can be taken back. */
  const stop = () => attempt(async () => {
    take((await api.answer(api.client.POST('/v1/imports/{id}/cancel', { params: path() }))).data);
    await book.refresh();
    return true;
  });

  const throwAway = () => attempt(async () => {
    await api.answer(api.client.DELETE('/v1/imports/{id}', { params: path() }));
    await book.refresh();
    return true;
  });

  const takeBack = () => attempt(async () => {
    const left = await undo.take(one.value!.batch!);
    await load();
    return left;
  });

  return {
    one, step, problem, busy, columns, edits, decisions, rest, toWrite, percent, seconds,
    load, upload, check, rows, decide, run, stop, throwAway, takeBack,
  };
}

export type ImportWizard = ReturnType<typeof useImport>;
