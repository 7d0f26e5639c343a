// A chunk of an older version that is gone from the server: the page is asked for anew, once, and then has the chunks it names.
import type { Router } from 'vue-router';

const KEY = 'rolo.anew';
const ONCE_MS = 10_000;

/** Loads the page from its address, unless that was only just done and did not help. */
function anew(path: string): boolean {
  const now = Date.now();
  if (!navigator.onLine || now - Number(sessionStorage.getItem(KEY) ?? 0) < ONCE_MS) return false;
  sessionStorage.setItem(KEY, String(now));
  location.assign(path);
  return true;
}

export function comeBack(router: Router) {
  // Chunks of pages, and of what a page opens later; browsers word it differently and agree on the kind.
  let going: string | null = null;
  router.beforeEach((to) => {
    going = to.fullPath;
  });
  router.afterEach(() => {
    going = null;
  });
  router.onError((error, to) => {
    if (error instanceof TypeError) anew(to.fullPath);
  });
  addEventListener('vite:preloadError', (event) => {
    if (anew(going ?? location.pathname + location.search)) event.preventDefault();
  });
}
