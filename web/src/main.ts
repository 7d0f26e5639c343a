// The browser's start: gives the app its surroundings, decides which door the visitor stands at, and mounts.
import { createApp } from 'vue';
import { createWebHistory } from 'vue-router';
import App from './App.vue';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';
import { guard } from './account/guard';
import { keepFocus } from './ui/focus';
import { createTrace } from './account/trace';
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
  line: {
    listen: (url) => new EventSource(url),
    locks: navigator.locks,
    later: (act, ms) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  },
});
keepPlaces(rolo.visits.places, sessionStorage, window);
keepFocus(document);
const router = createPages(createWebHistory());
guard(router, rolo);
// The chunk of the page comes while the server is asked who is there.
for (const { components } of router.resolve(location.pathname + location.search).matched) {
  const page = components?.default;
  if (typeof page === 'function' && page.length === 0) (page as () => Promise<unknown>)().catch(() => undefined);
}

const app = createApp(App);
provideRolo(app, rolo);
app.use(router);
app.mount('#app');
