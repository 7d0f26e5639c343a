// What this device keeps, and that it lets go: the book and the cards that were opened, changes that wait, the app's own
// files, drafts. All of it belongs to whoever is signed in, goes at sign-out, and is never written where that was not wanted.
import { ref } from 'vue';
import type { Locks } from '@/account/live';
import type { Keeper } from '@/account/session';
import type { Account } from '@/api/types';
import { dropAllDrafts } from '@/contact/draft';
import type { Choice } from './choice';
import { createShelf } from './shelf';
import type { Store } from './store';

/** What of a browser is needed to keep things in it. */
export interface Home {
  store: Store;
  locks: Locks;
  choice: Choice;
  later: (act: () => void, ms: number) => () => void;
  /** Drafts outlive the window where the book may be kept; else they live as long as the tab. */
  drafts: { kept: Storage; passing: Storage };
  /** A fresh key, for changes and for new contacts. */
  key: () => string;
  /** The app's own files, kept to open without network. */
  app: { forget(): Promise<void> };
}

const OVERDUE_MS = 3000;

export function createDevice(home: Home | undefined) {
  const keeps = ref(home?.choice.keeps() ?? false);
  let whose: string | null = null;
  let known: Promise<Account | null> | null = null;
  const owner = () => (home?.choice.keeps() ? whose : null);
  const shelf = home && createShelf(home.store, home.locks, home.later, owner);

  function account(): Promise<Account | null> {
    if (!home?.choice.keeps()) return Promise.resolve(null);
    known ??= home.store.look([{ place: 'state', key: 'account' }]).then(([found]) => (found as Account | undefined) ?? null, () => null);
    return known;
  }
  const keeper: Keeper | undefined = home && {
    async account() {
      const found = await account();
      whose = found?.id ?? null;
      return found;
    },
    async adopt(now) {
      const before = await account();
      if (before && before.id !== now.id) await wipe();
      whose = now.id;
      if (!home.choice.keeps() || JSON.stringify(before) === JSON.stringify(now)) return;
      known = Promise.resolve(now);
      await home.store.write([{ place: 'state', key: 'account', value: now }]).catch(() => {});
    },
    overdue: (asked) => new Promise((late) => {
      const stop = home.later(() => void keeper!.account().then((found) => found && late(found)), OVERDUE_MS);
      asked.then(stop, stop);
    }),
  };

  /** Nothing of anybody stays on this device. */
  async function wipe(): Promise<void> {
    whose = null;
    known = Promise.resolve(null);
    if (!home) return;
    await shelf?.drop();
    dropAllDrafts(home.drafts.kept);
    await Promise.all([home.store.wipe().catch(() => {}), home.app.forget().catch(() => {})]);
  }
  /** The session ended by itself: the book goes. What waits to be sent stays for its owner, who was not asked. */
  async function ended(): Promise<void> {
    whose = null;
    if (!home || !(await home.store.exists())) return;
    const [waiting] = await home.store.look([{ place: 'waiting' }]).catch(() => [[]]);
    if ((waiting as unknown[]).length === 0) return wipe();
    await shelf?.drop();
    await home.store.write([{ place: 'state', key: 'book' }, { place: 'state', key: 'seen' }], { clear: ['chunk', 'contact'] }).catch(() => {});
  }
  async function choose(keep: boolean): Promise<void> {
    if (!home) return;
    const account = whose;
    home.choice.choose(keep);
    if (!keep) await wipe();
    whose = account;
    keeps.value = keep;
  }

  /** How many changes wait here for whoever was signed in. */
  async function left(): Promise<number> {
    if (!home?.choice.keeps() || !(await home.store.exists())) return 0;
    const [waiting] = await home.store.look([{ place: 'waiting' }]).catch(() => [[]]);
    return (waiting as unknown[]).length;
  }

  return {
    /** Whether this browser can keep anything: it can where the connection is safe. */
    able: home !== undefined, keeps, keeper, shelf, home, owner, wipe, ended, choose, left,
    /** Begins to read what is kept, while the server is still asked who is there. */
    start() {
      if (!home?.choice.keeps()) return;
      void account();
      shelf?.start();
    },
    drafts: (): Storage => (home && !home.choice.keeps() ? home.drafts.passing : localStorage),
  };
}

export type Device = ReturnType<typeof createDevice>;
