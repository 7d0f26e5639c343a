// Whether this browser was signed in when it was last here, so that a first visitor's door asks the server nothing.
import type { Trace } from './session';

const KEY = 'rolo.in';

export function createTrace(storage: Storage): Trace {
  return {
    seen: () => storage.getItem(KEY) !== null,
    keep(signedIn) {
      try {
        if (signedIn) storage.setItem(KEY, '1');
        else storage.removeItem(KEY);
      } catch {
        // No room: the door asks once more than it needs to.
      }
    },
  };
}
