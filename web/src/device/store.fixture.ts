// A store for tests: the same places, in memory. What goes in is copied, as a database would.
import type { Place, Store } from './store';

export function memoryStore(): Store & { count(place: Place): number } {
  const places = new Map<Place, Map<number | string, unknown>>();
  let seq = 0;
  const at = (place: Place) => {
    if (!places.has(place)) places.set(place, new Map());
    return places.get(place)!;
  };
  return {
    count: (place) => at(place).size,
    async look(wanted) {
      return structuredClone(wanted.map(({ place, key }) => (key === undefined ? [...at(place).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value) : at(place).get(key))));
    },
    async write(puts, { clear = [] } = {}) {
      for (const place of clear) at(place).clear();
      for (const { place, key, value } of structuredClone(puts) as typeof puts) {
        if (value === undefined) at(place).delete(key!);
        else if (place === 'waiting') {
          const numbered = value as { seq?: number };
          numbered.seq ??= (seq += 1);
          at(place).set(numbered.seq, numbered);
        } else at(place).set(key!, value);
      }
    },
    exists: async () => places.size > 0,
    async wipe() {
      places.clear();
    },
  };
}
