// Several tabs of one browser show one book: whoever writes tells the others, and they ask the server what changed.
import type { BookStore } from '@/contact/book';
import type { Session } from './session';

/** What a BroadcastChannel offers, as much of it as is needed. */
export interface Tabs {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}
type News = 'changed' | 'door';

/** The news of a request that was answered well: of a write, or of who is signed in. */
export function newsOf(method: string, path: string): News | null {
  if (method === 'GET' || method === 'HEAD') return null;
  return /^\/v1\/(sessions|setup|account\/password)(\/current)?$/.test(path) ? 'door' : 'changed';
}

export function agree(tabs: Tabs, session: Session, book: BookStore) {
  async function standAtTheDoor() {
    const before = session.account.value?.id;
    await session.load();
    const now = session.account.value?.id;
    if (now === before) return;
    // Somebody else signed in: nothing of the former book may stay on the screen.
    book.forget();
    if (now) await book.load();
  }
  tabs.addEventListener('message', ({ data }) => {
    if (data === 'changed') void book.refresh();
    else if (data === 'door') void standAtTheDoor();
  });
  return {
    did(request: Request) {
      const news = newsOf(request.method, new URL(request.url).pathname);
      if (news) tabs.postMessage(news);
    },
  };
}
