// Ties what this device keeps to who is signed in and to whether Rolo answers.
import { watch } from 'vue';
import type { Session } from '@/account/session';
import type { BookStore } from '@/contact/book';
import type { Device } from '.';
import type { Outbox } from './outbox';

export function attend({ session, book, device, outbox }: { session: Session; book: BookStore; device: Device; outbox: Outbox }) {
  const { shelf } = device;
  if (!shelf) return;
  // At once: between the end of a session and the next turn nothing may be written for it.
  watch(session.state, (state) => {
    if (state === 'out' || state === 'fresh') {
      outbox.forget();
      void device.ended();
    }
  }, { flush: 'sync' });
  watch(() => (session.state.value === 'in' ? session.account.value?.id : undefined), (account) => {
    if (account) void outbox.reload().then(outbox.drain);
  });
  watch(() => session.state.value === 'in' && book.state.value === 'ready' && device.keeps.value, (keeps) => {
    if (!keeps) return;
    shelf.keep(book.whole);
    if (session.account.value) void device.keeper?.adopt(session.account.value);
  });
  // Whenever the server was heard: what waits is tried.
  watch([book.stale, book.heard], ([stale]) => {
    if (!stale) void outbox.drain();
  });
}
