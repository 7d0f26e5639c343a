// Asking again when the network is back or somebody presses the button: for what never came, else for what changed.
import type { BookStore } from '@/contact/book';
import type { Session } from './session';

export async function again(session: Session, book: BookStore): Promise<void> {
  if (session.state.value === 'unknown') await session.load();
  if (session.state.value !== 'in') return;
  await (book.state.value === 'error' || book.state.value === 'none' ? book.load() : book.refresh());
}
