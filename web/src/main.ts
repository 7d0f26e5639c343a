// The browser's start: gives the app its surroundings, decides which door the visitor stands at, and mounts.
import { createApp, watch } from 'vue';
import { createWebHistory } from 'vue-router';
import App from './App.vue';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';
import { guard } from './account/guard';
import { comeBack } from './device/missing';
import { keepFocus } from './ui/focus';
import { createTrace } from './account/trace';
import { createHome } from './device/home';
import { keepPlaces } from './ui/places';
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
const rolo = createRolo({
  fetch: (request) => fetch(request),
  origin: location.origin,
  now: () => Date.now(),
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
});
// While the server is asked who is there, what this device keeps is read.
if (createTrace(localStorage).seen()) rolo.device.start();
addEventListener('online', () => void rolo.book.refresh());
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
const app = createApp(App);
provideRolo(app, rolo);
app.use(router);
app.mount('#app');
// The app's own files are kept once the first list stands, and again when the device may keep things after all.
let opened = false;
if (import.meta.env.PROD) watch(() => rolo.device.keeps.value && (opened ||= rolo.book.state.value === 'ready'), (ready) => {
  if (ready) import('./device/app').then(({ keepApp }) => keepApp(rolo)).catch(() => {});
});
