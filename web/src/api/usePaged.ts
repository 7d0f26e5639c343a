// A list that comes from the server page by page. Only what was asked for last counts, however late an earlier answer comes.
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { asRefusal, type Refusal } from './refusal';

export interface Page<Item> {
  items: readonly Item[];
  /** Where the next page begins; nothing at the end. */
  next: string | null;
}

export interface Paged<Item, Told extends Page<Item>> {
  /** As far as it is shown; nothing until the first page is here. */
  items: ShallowRef<readonly Item[] | null>;
  /** The page that came last, with what else it says. */
  last: ShallowRef<Told | null>;
  next: ComputedRef<string | null>;
  busy: ComputedRef<boolean>;
  problem: ShallowRef<Refusal | null>;
  /** From the start, as far as it was shown. */
  load(): Promise<void>;
  /** The next page. Asked for again while it is on its way, it still comes once. */
  more(): Promise<void>;
  /** Another list takes its place. */
  forget(): void;
}

/** `ask` brings the page at a cursor, the first for none; `given` is a first page that came with the document. */
export function usePaged<Item, Told extends Page<Item> = Page<Item>>(ask: (cursor: string | null) => Promise<Told>, given: Told | null = null): Paged<Item, Told> {
  const items = shallowRef<readonly Item[] | null>(given?.items ?? null);
  const last: ShallowRef<Told | null> = shallowRef(given);
  const problem = shallowRef<Refusal | null>(null);
  const coming = shallowRef<Promise<void> | null>(null);
  let turn = 0;

  async function read(mine: number, before: readonly Item[], from: string | null, least: number): Promise<void> {
    let found = before;
    try {
      let page: Told;
      let cursor = from;
      do {
        page = await ask(cursor);
        if (turn !== mine) return;
        found = [...found, ...page.items];
        cursor = page.next;
      } while (cursor && found.length < least);
      [items.value, last.value] = [found, page];
    } catch (error) {
      if (turn === mine) problem.value = asRefusal(error);
    }
  }
  function begin(before: readonly Item[], from: string | null, least: number): Promise<void> {
    turn += 1;
    const mine = turn;
    problem.value = null;
    // Who waits for an answer that counts no more waits for the one that does.
    const reading = read(mine, before, from, least).then(() => {
      if (turn !== mine) return coming.value ?? undefined;
      coming.value = null;
      return undefined;
    });
    coming.value = reading;
    return reading;
  }
  const next = computed(() => last.value?.next ?? null);
  return {
    items, last, next, problem,
    busy: computed(() => coming.value !== null),
    load: () => begin([], null, items.value?.length ?? 0),
    more: () => coming.value ?? (next.value ? begin(items.value ?? [], next.value, 0) : Promise.resolve()),
    forget() {
      turn += 1;
      items.value = last.value = problem.value = coming.value = null;
    },
  };
}
