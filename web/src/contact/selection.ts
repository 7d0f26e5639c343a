// Who is chosen in the list. Ids, not rows: a choice lives on while its rows scroll away, and falls with those who are gone.
import { computed, shallowRef } from 'vue';

export function createSelection() {
  const chosen = shallowRef<ReadonlySet<string>>(new Set());
  let anchor: string | null = null;
  const count = computed(() => chosen.value.size);

  function set(ids: Iterable<string>) {
    chosen.value = new Set(ids);
  }
  function clear() {
    anchor = null;
    if (chosen.value.size > 0) chosen.value = new Set();
  }
  /** Choose one more, or one less; a later range begins here. */
  function toggle(id: string) {
    const next = new Set(chosen.value);
    if (!next.delete(id)) next.add(id);
    anchor = id;
    chosen.value = next;
  }
  /** Choose everybody from the last one chosen to this one, as the list stands. */
  function extend(id: string, order: readonly string[]) {
    const to = order.indexOf(id);
    const from = anchor === null ? to : order.indexOf(anchor);
    if (to < 0) return;
    if (from < 0) return toggle(id);
    anchor ??= id;
    set([...chosen.value, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]);
  }
  /** Leave out whoever is no longer there. */
  function keep(there: (id: string) => boolean) {
    const left = [...chosen.value].filter(there);
    if (left.length !== chosen.value.size) chosen.value = new Set(left);
  }
  return { chosen, count, set, clear, toggle, extend, keep };
}

export type Selection = ReturnType<typeof createSelection>;
