// Everything that outlives a page, made once per app and handed down by provide: nothing hides in a module, so that the
// server can draw many people's pages side by side.
import { inject, ref, type App, type InjectionKey } from 'vue';
import { createSession, type Trace } from './account/session';
import { createApi, type Fetch } from './api/client';
import { createBook } from './contact/book';
import { createSelection } from './contact/selection';
import { createLive, type Line } from './account/live';
import { agree, type Tabs } from './account/tabs';
import { createFirst, type First } from './first/answers';
import { createDevice, type Home } from './device';
import { createOutbox } from './device/outbox';
import { attend } from './device/attend';
import { tell } from './device/tell';
import { en, type Catalogue } from './locales/en';
import { createFormat } from './locales/format';
import { createToasts } from './ui/toasts';
import { createUndo } from './ui/undo';

export interface Surroundings {
  fetch: Fetch;
  origin: string;
  /** Now, in milliseconds. The server gives the moment of the request. */
  now: () => number;
  /** Minutes east of UTC at a moment. */
  shift: (at: number) => number;
  /** What this browser remembers of having been signed in. */
  trace?: Trace | undefined;
  /** The other tabs of this browser, where there are any. */
  tabs?: Tabs | undefined;
  /** How the server is listened to, where it can be. */
  line?: Line | undefined;
  /** How high the window is, in pixels, where there is one. */
  room?: (() => number) | undefined;
  /** What of this browser may keep things. */
  home?: Home | undefined;
}

export function createRolo(around: Surroundings, text: Catalogue = en, first: First = createFirst()) {
  const api = createApi(async (request) => {
    const response = await around.fetch(request);
    // A session that ended elsewhere: the next page is the sign-in page, and nothing typed is lost with it.
    if (response.status === 401 && session.state.value === 'in') session.state.value = 'out';
    if (response.ok) tabs?.did(request);
    return response;
  }, around.origin);
  const device = createDevice(around.home);
  const session = createSession(api, around.trace, device.keeper, () => {
    book.forget();
    outbox.forget();
    void book.load();
  });
  const book = createBook(api, () => void session.follow(), device.shelf && { read: device.shelf.read, touch: device.shelf.touch, prove: session.prove }, around.now);
  const tabs = around.tabs && agree(around.tabs, session, book);
  const live = createLive(around.line, book, around.tabs);
  const selection = createSelection();
  const toasts = createToasts();
  const undo = createUndo(api, book, toasts, text);
  const looking = ref(false);
  const outbox = createOutbox(api, book, around.home && { ...around.home, whose: device.owner, prove: session.prove, drafts: device.drafts, now: around.now }, around.tabs, (sent) => tell(sent, { toasts, undo, text, looking }));
  attend({ session, book, device, outbox });
  return {
    api, session, book, live, selection, toasts, undo, text, first, device, outbox, format: createFormat(text.format), around, visits: createVisits(),
    /** How often the whole book became ready to be searched: what was searched before then looks again. */
    readied: ref(0),
    /** What is being typed on the page of finds, ahead of its address; nothing once that says it. */
    seeking: ref<string | null>(null),
    /** Whether the overview of the keyboard is open. */
    overview: ref(false),
    /** Whether the list of what waits is open. */
    looking,
  };
}

/** Where a list stood when it was left: how far it was scrolled, which row was current, who was chosen. */
export interface Place {
  top: number;
  at: number;
  chosen: readonly string[];
}

/** Where one has been: how many pages were opened, and where each list stood. */
function createVisits() {
  return { pages: 0, places: new Map<string, Place>() };
}

export type Rolo = ReturnType<typeof createRolo>;
const KEY: InjectionKey<Rolo> = Symbol('rolo');

export function provideRolo(app: App, rolo: Rolo) {
  app.provide(KEY, rolo);
}

export function useRolo(): Rolo {
  const rolo = inject(KEY);
  if (!rolo) throw new Error('useRolo outside of the app');
  return rolo;
}

export function useText(): Catalogue {
  return useRolo().text;
}
