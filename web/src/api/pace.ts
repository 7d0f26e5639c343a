// Long work in small pieces: between two of them the page draws and hears keys. Without a browser nobody waits, and nothing rests.

const AT_ONCE_MS = 5;
type Scheduler = { yield?: () => Promise<void> };

function rest(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: Scheduler };
  return scheduler?.yield ? scheduler.yield() : new Promise((go) => setTimeout(go));
}

/** A pace: asked often, it answers nothing while there is time left, and else a promise to wait for. */
export function createPace(now: () => number = () => performance.now(), pause: () => Promise<void> = rest): () => Promise<void> | undefined {
  if (typeof document === 'undefined' && pause === rest) return () => undefined;
  let since = now();
  return () => {
    if (now() - since < AT_ONCE_MS) return undefined;
    return pause().then(() => {
      since = now();
    });
  };
}

export type Pace = ReturnType<typeof createPace>;
