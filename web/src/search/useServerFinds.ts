// What the server finds beyond the summaries (notes, addresses, every other field), asked a moment after the last key; again
// while its index still follows what was written, and when the book has news.
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { asRefusal } from '@/api/refusal';
import type { Summary } from '@/api/types';
import { useRolo } from '@/rolo';
import { merge } from '.';

const WAIT_MS = 150;
/** How long the next try waits. An edit is in the index within a moment, a whole import within minutes. */
const AGAIN_MS = [250, 500, 1000, 2000, 4000, 8000] as const;
const TRIES_MAX = 30;
/** As many as a search counts: those behind the first page come all at once. */
const REST = 1000;

/** `drawn`: whom the first paint shows for the query; they keep their places, so that nothing on screen moves.
 * `whole`: all of them and not only the `first`, unless there are more than anybody reads. */
export function useServerFinds(query: Ref<string>, { first = 50, whole = true, drawn = [] as readonly Summary[] } = {}) {
  const { api, book } = useRolo();
  const lead = { query: drawn.length > 0 ? query.value.trim() : '', people: drawn };
  const finds = shallowRef<{ query: string; people: readonly Summary[] }>({ query: '', people: [] });
  /** A query of which the server has not said yet whom it finds. */
  const asked = shallowRef('');
  const pending = computed(() => query.value.trim() !== '' && asked.value !== query.value.trim());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let run = 0;

  async function page(q: string, limit: number, cursor?: string) {
    return (await api.answer(api.client.GET('/v1/contacts', { params: { query: { q, limit, ...(cursor ? { cursor } : {}) } } }))).data;
  }
  /** Asks, and answers whether to ask again: the index is behind, or the server could not answer just now. */
  async function told(q: string, isMine: () => boolean): Promise<boolean> {
    try {
      const begin = await page(q, first);
      const show = (people: readonly Summary[]) => {
        if (isMine()) finds.value = { query: q, people };
      };
      const next = whole && !begin.more ? begin.next : null;
      // Whom the same query found before stays until the rest is here, too.
      if (!next || finds.value.query !== q) show(begin.items);
      if (!next || !isMine()) return begin.behind === true;
      const rest = await page(q, REST, next);
      show([...begin.items, ...rest.items]);
      return begin.behind === true || rest.behind === true;
    } catch (error) {
      // The summaries still answer; a search that only the server could do shows fewer finds until then.
      return asRefusal(error).passing;
    }
  }
  async function ask(q: string, tries = 0) {
    run += 1;
    const mine = run;
    const again = await told(q, () => mine === run);
    if (mine !== run) return;
    asked.value = q;
    if (again && tries < TRIES_MAX) timer = setTimeout(() => void ask(q, tries + 1), AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
  }
  function soon() {
    clearTimeout(timer);
    run += 1;
    const q = query.value.trim();
    if (q) timer = setTimeout(() => void ask(q), WAIT_MS);
  }
  watch(query, soon);
  // The first news are the book itself, which tells nothing that a search did not know.
  watch(book.everyone, (_, before) => {
    if (before.length > 0) soon();
  });
  onScopeDispose(() => {
    clearTimeout(timer);
    run += 1;
  });
  if (query.value.trim() && typeof document !== 'undefined') void ask(query.value.trim());

  /** Our finds first, the server's after them; the server's of an older query are not shown. */
  function merged(local: readonly Summary[]): readonly Summary[] {
    const q = query.value.trim();
    const here = (people: readonly Summary[]) => people.map((person) => book.find(person.id) ?? person);
    const all = finds.value.query === q ? merge(local, here(finds.value.people)) : local;
    if (q === '' || lead.query !== q) return all;
    // Whoever was there at first and is no longer found has changed meanwhile.
    const still = new Set(all.map((person) => person.id));
    return merge(here(lead.people).filter((person) => still.has(person.id) || asked.value !== q), all);
  }
  return { merged, pending };
}
