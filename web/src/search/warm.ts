// Folds the book in small pieces while nothing else happens, so that the first key finds everything prepared.
import type { Summary } from '@/api/types';
import { folded } from '.';

const AT_ONCE = 200;
type Idle = (run: (left: () => number) => void) => void;

export const whenIdle: Idle = (run) => {
  if (typeof requestIdleCallback === 'function') requestIdleCallback((deadline) => run(() => deadline.timeRemaining()));
  else setTimeout(() => run(() => 8), 16);
};

/** Prepares everybody and then says so; answers a function that stops it. */
export function warm(people: readonly Summary[], idle: Idle = whenIdle, done: () => void = () => {}): () => void {
  let at = 0;
  let stopped = false;
  const go = (left: () => number) => {
    while (!stopped && at < people.length && left() > 2) {
      for (const end = Math.min(at + AT_ONCE, people.length); at < end; at += 1) folded(people[at]!);
    }
    if (stopped) return;
    if (at < people.length) idle(go);
    else done();
  };
  idle(go);
  return () => {
    stopped = true;
  };
}
