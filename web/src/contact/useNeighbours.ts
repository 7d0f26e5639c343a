// Previous and next of the list one came from. Its address is kept with the page's own, so that a reload, paging on and
// saving the form keep it; who is in it is asked anew, so that it is the list as it is now.
import { computed, onMounted, ref, watch, type Ref } from 'vue';
import { useRolo } from '@/rolo';
import { useSearch } from '@/search/useSearch';
import { useServerFinds } from '@/search/useServerFinds';
import { listAt, neighboursOf, queryAt } from './neighbours';

/** The list this page belongs to: the one said with it, else the page before it. */
const cameFrom = (): unknown => window.history.state?.list ?? window.history.state?.back;

export function useNeighbours(id: Ref<string | null>) {
  const { book } = useRolo();
  const search = useSearch();
  const from = ref<unknown>(null);
  const look = () => {
    from.value = cameFrom();
  };
  onMounted(look);
  watch(id, (now) => {
    if (now) look();
  });
  const finds = useServerFinds(computed(() => queryAt(from.value)));
  const lists = computed(() => ({
    people: book.people.value, hidden: book.hidden.value, find: book.find, found: (query: string) => finds.merged(search(query)),
  }));
  const list = computed(() => listAt(from.value, lists.value));
  const neighbours = computed(() => {
    if (!id.value) return null;
    return neighboursOf(id.value, list.value) ?? (finds.pending.value ? null : neighboursOf(id.value, listAt(null, lists.value)));
  });
  return { from, neighbours };
}
