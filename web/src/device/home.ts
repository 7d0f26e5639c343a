// What of this browser may keep things. Only where the connection is safe: elsewhere a browser gives neither locks nor a
// place for the app's own files, and a book does not belong on a device that anybody on the way may write to.
import { createChoice } from './choice';
import type { Home } from '.';
import { createStore } from './store';

/** An id of which later ones sort after earlier ones (RFC 9562, version 7). */
function key(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  const at = Date.now();
  for (let n = 0; n < 6; n += 1) octets[n] = Math.floor(at / 2 ** (8 * (5 - n))) % 256;
  octets[6] = (octets[6]! & 0x0f) | 0x70;
  octets[8] = (octets[8]! & 0x3f) | 0x80;
  const hex = [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function createHome(): Home | undefined {
  if (!isSecureContext || typeof indexedDB === 'undefined' || !navigator.locks || !navigator.serviceWorker) return undefined;
  return {
    store: createStore(indexedDB),
    locks: navigator.locks,
    choice: createChoice(localStorage),
    drafts: { kept: localStorage, passing: sessionStorage },
    key,
    later: (act, ms) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    app: {
      async forget() {
        for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
        for (const name of await caches.keys()) await caches.delete(name);
      },
    },
  };
}
