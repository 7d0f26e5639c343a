// The app's own files, kept by the service worker so that the app opens without network; and the change to a new version,
// which waits until a page is opened anew or the person asks for it.
import type { Rolo } from '@/rolo';

const LOOK_EVERY_MS = 60 * 60_000;

/** Whether this page is of the newest version already: it was opened while that waited. */
async function isNewest(): Promise<boolean> {
  const script = document.querySelector('script[src]')?.getAttribute('src');
  for (const name of (await caches.keys()).reverse()) {
    const page = await (await caches.open(name)).match('/index.html');
    if (page) return script != null && (await page.text()).includes(script);
  }
  return false;
}

export async function keepApp({ device, toasts, text }: Pick<Rolo, 'device' | 'toasts' | 'text'>): Promise<void> {
  const container = navigator.serviceWorker;
  let asked = false;
  // The new version has taken over because the person wanted it here and now.
  container.addEventListener('controllerchange', () => {
    if (asked) location.reload();
  });
  const offer = async (worker: ServiceWorker | null) => {
    // The very first one is no news.
    if (!worker || !container.controller || (await isNewest())) return;
    toasts.say(text.device.fresh, {
      act: {
        title: text.device.reload,
        run: () => {
          asked = true;
          worker.postMessage('take over');
        },
      },
    });
  };
  const registration = await container.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined);
  if (!registration) return;
  // Unwanted meanwhile.
  if (!device.keeps.value) return void registration.unregister();
  void offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed') void offer(coming);
    });
  });
  setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
}
