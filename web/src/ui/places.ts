// Where each list stood outlives a reload: scroll, current row and choice are kept for the life of the tab. Ids only, no names.
import type { Place } from '@/rolo';

const KEY = 'rolo.places';
const MOST = 30;
const CHOSEN_MOST = 2000;

export function keepPlaces(places: Map<string, Place>, storage: Storage, page: EventTarget) {
  try {
    for (const [key, place] of JSON.parse(storage.getItem(KEY) ?? '[]') as [string, Place][]) places.set(key, place);
  } catch {
    // Not ours, or cut short: the lists begin at their top.
  }
  page.addEventListener('pagehide', () => {
    const kept = [...places].slice(-MOST).map(([key, place]) => [key, { ...place, chosen: place.chosen.slice(0, CHOSEN_MOST) }]);
    try {
      storage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // No room: nothing is lost but a place in a list.
    }
  });
}

export function forgetPlaces(storage: Storage) {
  storage.removeItem(KEY);
}
