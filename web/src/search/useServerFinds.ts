// What the server finds beyond the summaries (notes, addresses, every other field), asked a moment after the last key.
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import type { Summary } from '@/api/types';
import { useRolo } from '@/rolo';
import { merge } from '.';

const WAIT_MS = 150;

export function useServerFinds(query: Ref<string>, limit = 50) {
  const { api, book } = useRolo();
  const finds = shallowRef<{ query: string; people: readonly Summary[] }>({ query: '', people: [] });
  /** A query of which the server has not said yet whom it finds. */
  const asked = shallowRef('');
  const pending = computed(() => query.value.trim() !== '' && asked.value !== query.value.trim());
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(q: string) {
    try {
      const { data } = await api.answer(api.client.GET('/v1/contacts', { params: { query: { q, limit } } }));
      if (query.value.trim() === q) finds.value = { query: q, people: data.items };
    } catch {
      // The summaries still answer; a search that only the server could do shows fewer finds.
    }
    asked.value = q;
  }
  watch(query, (now) => {
    clearTimeout(timer);
    const q = now.trim();
    if (q) timer = setTimeout(() => void ask(q), WAIT_MS);
  });
  onScopeDispose(() => clearTimeout(timer));
  if (query.value.trim() && typeof document !== 'undefined') void ask(query.value.trim());

  /** Our finds first, the server's after them; the server's of an older query are not shown. */
  function merged(local: readonly Summary[]): readonly Summary[] {
    if (finds.value.query !== query.value.trim()) return local;
    return merge(local, finds.value.people.map((person) => book.find(person.id) ?? person));
  }
  return { merged, pending };
}
