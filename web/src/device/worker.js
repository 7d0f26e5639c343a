// Rolo's service worker: the app's own files, so that it opens without network. One cache a version, filled whole before the
// version may serve anything; the server's answers under /v1 are never touched. Built by dev/worker.ts, which puts the
// version and the list of files in.
/* global self, caches, clients */
const VERSION = __VERSION__;
const FILES = __FILES__;
const PREFIX = 'rolo-app-';
const CACHE = PREFIX + VERSION;
const PAGE = '/index.html';
/** What the server answers itself: never kept, never replaced by a page. */
const SERVERS = /^\/(?:v1|dav|\.well-known|healthz|readyz|metrics|version)(?:\/|$)/;

self.addEventListener('install', (event) => {
  // Where the browser can, calls do not even wake the worker.
  if (event.addRoutes) event.addRoutes({ condition: { urlPattern: '/v1/*' }, source: 'network' });
  event.waitUntil(fill());
});

/** All files or none: a version with a hole in it would leave a white page. Versions lie in the order they came, and the page of one comes last. */
async function fill() {
  try {
    await caches.delete(CACHE);
    const cache = await caches.open(CACHE);
    // What carries its hash may come from the browser's own cache; the page and the few others may not.
    const keep = async (path) => {
      const answer = await fetch(new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' }));
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await cache.put(path, answer);
    };
    await Promise.all(FILES.filter((path) => path !== PAGE).map(keep));
    await keep(PAGE);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

self.addEventListener('activate', (event) => event.waitUntil(tidy()));

/** The version before this one stays: a page of it may still be open in another tab. */
async function tidy() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
  await clients.claim();
}

self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin || SERVERS.test(pathname)) return;
  if (request.mode === 'navigate') {
    const last = pathname.slice(pathname.lastIndexOf('/') + 1);
    // What names a file is no page of the app.
    if (!last.includes('.')) event.respondWith(page(event));
  } else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (FILES.includes(pathname)) event.respondWith(own(pathname, request));
});

async function page({ request }) {
  // A new version waits, and this is the only page: it is opened in the new one, whose files are here. Its worker takes over
  // when no page is left or somebody asks: a worker that changes while a page is on its way leaves it unanswered in Chromium.
  const alone = (await clients.matchAll({ type: 'window' })).length < 2;
  return (self.registration.waiting && alone && (await newest())) || own(PAGE, request);
}
/** The page of the newest version that is whole. */
async function newest() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  for (const name of names.reverse()) {
    const found = await (await caches.open(name)).match(PAGE);
    if (found) return found;
  }
  return undefined;
}
async function own(path, request) {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}
/** Of whichever version the page is that asks. */
async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}
