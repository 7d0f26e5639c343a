// The app's own files, kept by the service worker so that the app opens without network; and the change to a new version,
// which waits until a page is opened anew or the person asks for it.
import type { Rolo } from '@/rolo';

const LOOK_EVERY_MS = 60 * 60_000;

export async function keepApp({ device, toasts, text }: Pick<Rolo, 'device' | 'toasts' | 'text'>): Promise<void> {
  const container = navigator.serviceWorker;
  let asked = false;
  // The new version has taken over because the person wanted it here and now.
  container.addEventListener('controllerchange', () => {
    if (asked) location.reload();
  });
  const offer = (worker: ServiceWorker | null) => {
    // The very first one is no news.
    if (!worker || !container.controller) return;
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
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed') offer(coming);
    });
  });
  setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
}
