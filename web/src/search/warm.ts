// What takes a look at everybody is done in small pieces while nothing else happens: folding, so that the first key finds
// everything prepared, and the letters of the rail.
import type { Summary } from '@/api/types';
import { folded } from '.';

const AT_ONCE = 20;
type Idle = (run: (left: () => number) => void) => void;

/** A turn's time. An idle moment may last 50 ms; a phone needs four times as long for the same, and then a key would wait. */
const TURN_MS = 8;

const whenIdle: Idle = (run) => {
  const until = (end: number) => () => end - performance.now();
  if (typeof requestIdleCallback === 'function') requestIdleCallback((deadline) => run(until(performance.now() + Math.min(TURN_MS, deadline.timeRemaining()))));
  else setTimeout(() => run(until(performance.now() + TURN_MS)), 16);
};

/** Looks at everybody, a few at a time while nothing else is to be done, and then says so; answers a function that stops it. */
export function inTurn(people: readonly Summary[], look: (person: Summary) => void, done: () => void, idle: Idle = whenIdle): () => void {
  let at = 0;
  let stopped = false;
  const go = (left: () => number) => {
    while (!stopped && at < people.length && left() > 2) {
      for (const end = Math.min(at + AT_ONCE, people.length); at < end; at += 1) look(people[at]!);
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

/** Prepares everybody for the first key. */
export function warm(people: readonly Summary[], done: () => void = () => {}, idle?: Idle): () => void {
  return inTurn(people, folded, done, idle);
}
