// This device's own store: what is kept of the book, and what waits to be sent. One IndexedDB with four places; a write is
// one transaction, all of it or nothing. Everything in it belongs to one account and goes with it.

/** `state`: whose it is and how far it goes; `chunk`: the lines of the book; `contact`: cards that were opened; `waiting`: changes in their order. */
export type Place = 'state' | 'chunk' | 'contact' | 'waiting';
export interface Put {
  place: Place;
  /** What waits gets its number from the store. */
  key?: number | string;
  /** Without one: taken out. */
  value?: unknown;
}
export interface Wanted {
  place: Place;
  /** Without one: all of the place, by key. */
  key?: number | string;
}
export interface Store {
  /** All of it as it was at one moment. */
  look(wanted: readonly Wanted[]): Promise<unknown[]>;
  /** `clear` empties places first; `safe` waits until it lies on the disk. */
  write(puts: readonly Put[], more?: { clear?: readonly Place[]; safe?: boolean }): Promise<void>;
  /** Whether anything was ever kept here. */
  exists(): Promise<boolean>;
  /** Nothing stays, in no tab. */
  wipe(): Promise<void>;
}

const NAME = 'rolo';
const PLACES: readonly Place[] = ['state', 'chunk', 'contact', 'waiting'];

function opened(idb: IDBFactory): Promise<IDBDatabase> {
  return new Promise((open, fail) => {
    const asked = idb.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const place of PLACES) asked.result.createObjectStore(place, place === 'waiting' ? { keyPath: 'seq', autoIncrement: true } : {});
    };
    asked.onsuccess = () => open(asked.result);
    asked.onerror = () => fail(asked.error);
    asked.onblocked = () => fail(new Error('the store is held by another tab'));
  });
}

export function createStore(idb: IDBFactory): Store {
  let database: Promise<IDBDatabase> | null = null;

  function open(): Promise<IDBDatabase> {
    database ??= opened(idb).then((found) => {
      // Another tab wipes it: who holds on to it would keep it alive.
      found.onversionchange = close;
      found.onclose = () => (database = null);
      return found;
    });
    database.catch(() => (database = null));
    return database;
  }
  function close() {
    void database?.then((found) => found.close()).catch(() => {});
    database = null;
  }
  function done(transaction: IDBTransaction): Promise<void> {
    return new Promise((go, fail) => {
      transaction.oncomplete = () => go();
      transaction.onabort = () => fail(transaction.error ?? new Error('the store refused'));
    });
  }

  // A browser that does not tell what it has is taken to have something.
  const exists = async () => database !== null || !idb.databases || (await idb.databases()).some(({ name }) => name === NAME);

  return {
    exists,
    async look(wanted) {
      const transaction = (await open()).transaction([...new Set(wanted.map(({ place }) => place))], 'readonly');
      const asked = wanted.map(({ place, key }) => (key === undefined ? transaction.objectStore(place).getAll() : transaction.objectStore(place).get(key)));
      await done(transaction);
      return asked.map((one) => one.result as unknown);
    },
    async write(puts, { clear = [], safe = false } = {}) {
      const places = [...new Set([...clear, ...puts.map(({ place }) => place)])];
      if (places.length === 0) return;
      const transaction = (await open()).transaction(places, 'readwrite', { durability: safe ? 'strict' : 'relaxed' });
      for (const place of clear) transaction.objectStore(place).clear();
      for (const { place, key, value } of puts) {
        const into = transaction.objectStore(place);
        if (value === undefined) into.delete(key!);
        else if (place === 'waiting') into.put(value);
        else into.put(value, key);
      }
      await done(transaction);
    },
    async wipe() {
      // Where nothing was ever kept, nothing is made only to be emptied.
      if (!(await exists())) return;
      // Emptied first: a tab that does not let go must not keep it.
      const found = await open();
      const transaction = found.transaction(PLACES as Place[], 'readwrite');
      for (const place of PLACES) transaction.objectStore(place).clear();
      await done(transaction);
      close();
      await new Promise<void>((go) => {
        const asked = idb.deleteDatabase(NAME);
        asked.onsuccess = asked.onerror = asked.onblocked = () => go();
      });
    },
  };
}
