// Rolo's service worker: the app's own files, so that it opens without network. One cache a version, filled whole before the
// version may serve anything; the server's answers under /v1 are never touched. Built by dev/worker.ts, which puts the
// version and the list of files in.
/* global self, caches, clients */
const VERSION = __VERSION__;
const FILES = __FILES__;
const PREFIX = 'rolo-app-';
const CACHE = PREFIX + VERSION;
/** What the server answers itself: never kept, never replaced by a page. */
const SERVERS = /^\/(?:v1|dav|\.well-known|healthz|readyz|metrics|version)(?:\/|$)/;

self.addEventListener('install', (event) => {
  // Where the browser can, calls do not even wake the worker.
  if (event.addRoutes) event.addRoutes({ condition: { urlPattern: '/v1/*' }, source: 'network' });
  event.waitUntil(fill());
});

/** All files or none: a version with a hole in it would leave a white page. */
async function fill() {
  try {
    const cache = await caches.open(CACHE);
    // What carries its hash may come from the browser's own cache; the page and the few others may not.
    await Promise.all(FILES.map(async (path) => {
      const answer = await fetch(new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' }));
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await cache.put(path, answer);
    }));
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

async function page(event) {
  // A new version waits, and this is the only page: it takes over, and the page is asked for once more.
  const { waiting } = self.registration;
  if (waiting && (await clients.matchAll({ type: 'window' })).length < 2) {
    waiting.postMessage('take over');
    return new Response('', { headers: { refresh: '0' } });
  }
  return own('/index.html', event.request);
}
async function own(path, request) {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}
/** Of whichever version the page is that asks. */
async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}
