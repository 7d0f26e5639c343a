// The browser's start: gives the app its surroundings, decides which door the visitor stands at, and mounts.
import { createApp, createSSRApp, watch } from 'vue';
import { createWebHistory } from 'vue-router';
import App from './App.vue';
import { createFirst } from './first/answers';
import { begin } from './first/begin';
import { dropState, readState, readTyped, readWish } from './first/state';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';
import { guard } from './account/guard';
import { createChoice } from './device/choice';
import { comeBack } from './device/missing';
import { keepFocus } from './ui/focus';
import { again } from './account/again';
import { createTrace } from './account/trace';
import { createHome } from './device/home';
import { keepPlaces } from './ui/places';
import { en } from './locales/en';
import { shiftIn } from './settings/zone';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/search.css';
import './styles/list.css';
import './styles/door.css';

// The zone the account chose; without one, or with one this browser does not know, the browser's own.
function shift(at: number): number {
  const zone = rolo.session.account.value?.settings.zone;
  return (zone ? shiftIn(zone, at) : null) ?? -new Date(at).getTimezoneOffset();
}
readWish(document, createChoice(localStorage));
// The page may have been drawn by the server: then the browser goes on from there.
const found = readState(document);
const typed: Record<string, string> = {};
const first = createFirst(found, typed);
const rolo = createRolo({
  fetch: (request) => fetch(request),
  origin: location.origin,
  now: () => (first.going.value ? first.now() : Date.now()),
  shift,
  trace: createTrace(localStorage),
  tabs: typeof BroadcastChannel === 'function' ? new BroadcastChannel('rolo') : undefined,
  room: () => innerHeight,
  home: createHome(),
  line: {
    listen: (url) => new EventSource(url),
    locks: navigator.locks,
    later: (act, ms) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  },
}, en, first);
// While the server is asked who is there, what this device keeps is read.
if (createTrace(localStorage).seen()) rolo.device.start();
addEventListener('online', () => void again(rolo.session, rolo.book));
keepPlaces(rolo.visits.places, sessionStorage, window);
keepFocus(document);
const router = createPages(createWebHistory());
guard(router, rolo);
// The chunk of the page comes while the server is asked who is there.
for (const { components } of router.resolve(location.pathname + location.search).matched) {
  const page = components?.default;
  if (typeof page === 'function' && page.length === 0) (page as () => Promise<unknown>)().catch(() => undefined);
}

comeBack(router);

/** Goes on from the server's page, or draws the first one. */
async function start() {
  const app = found ? createSSRApp(App) : createApp(App);
  provideRolo(app, rolo);
  if (found) await begin(rolo, router.resolve(location.pathname + location.search));
  app.use(router);
  if (found) {
    await router.isReady();
    Object.assign(typed, readTyped(document));
  }
  app.mount('#app');
  dropState(document);
}
void start();
// The app's own files are kept once the first list stands, and again when the device may keep things after all.
let opened = false;
if (import.meta.env.PROD) watch(() => rolo.device.keeps.value && (opened ||= rolo.book.state.value === 'ready'), (ready) => {
  if (ready) import('./device/app').then(({ keepApp }) => keepApp(rolo)).catch(() => {});
});
