// News as they come: the server says at once that something changed, and the book asks what. One tab of a browser listens
// for all of them, for a browser grants one server only a few connections.
import type { BookStore } from '@/contact/book';
import type { Tabs } from './tabs';

/** What an EventSource offers, as much of it as is needed. */
export interface Source {
  readyState: number;
  addEventListener(type: 'error' | 'changes', listener: (event: { lastEventId?: string }) => void): void;
  close(): void;
}
/** What `navigator.locks` offers, as much of it as is needed. */
export interface Locks {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
}
export interface Line {
  listen: (url: string) => Source;
  /** Without locks every tab listens for itself. */
  locks?: Locks | undefined;
  later: (act: () => void, ms: number) => () => void;
}

const CLOSED = 2;
/** After a refusal: the server is full, or does not know us any more. Browsers come again by themselves after all else. */
const AGAIN_MS = 30_000;

export function createLive(line: Line | undefined, book: BookStore, tabs: Tabs | undefined) {
  let stop: AbortController | null = null;

  function news(upto: string | undefined) {
    if (!upto || upto !== book.upto()) void book.refresh();
    tabs?.postMessage(`upto ${upto ?? ''}`);
  }

  /** Listens until told to stop. */
  function listening(signal: AbortSignal): Promise<void> {
    return new Promise((ended) => {
      if (!line || signal.aborted) return ended();
      let source: Source | null = null;
      let cancel = () => {};
      const listen = () => {
        source = line.listen(`/v1/events?since=${encodeURIComponent(book.upto())}`);
        source.addEventListener('changes', (event) => news(event.lastEventId));
        source.addEventListener('error', () => {
          if (source?.readyState !== CLOSED || signal.aborted) return;
          // Asking tells why: whoever is signed out is led to the door.
          void book.refresh();
          cancel = line.later(listen, AGAIN_MS);
        });
      };
      signal.addEventListener('abort', () => {
        cancel();
        source?.close();
        ended();
      });
      listen();
    });
  }

  tabs?.addEventListener('message', ({ data }) => {
    const upto = typeof data === 'string' && data.startsWith('upto ') ? data.slice(5) : null;
    if (stop && upto !== null && upto !== book.upto()) void book.refresh();
  });

  return {
    start() {
      if (stop || !line) return;
      stop = new AbortController();
      const { signal } = stop;
      if (!line.locks) return void listening(signal);
      // Whoever waits for the lock when its tab is closed, or signs out, is refused it; there is nobody to tell.
      line.locks.request('rolo-live', { signal }, () => listening(signal)).catch(() => {});
    },
    stop() {
      stop?.abort();
      stop = null;
    },
  };
}
