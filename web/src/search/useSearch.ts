// The search of this browser's book. A full book is made ready in the background: once it is, what was found looks again.
import type { Summary } from '@/api/types';
import { useRolo } from '@/rolo';
import { search } from '.';

export function useSearch(): (query: string) => readonly Summary[] {
  const { book, readied } = useRolo();
  return (query) => (readied.value >= 0 ? search(book.people.value, query) : []);
}
