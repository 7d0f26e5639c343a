// What became of changes that waited, in one toast: those that need a look first.
import type { Ref } from 'vue';
import type { Catalogue } from '@/locales/en';
import type { Toasts } from '@/ui/toasts';
import type { createUndo } from '@/ui/undo';
import type { Sent } from './outbox';

export function tell({ count, batches, held }: Sent, by: { toasts: Toasts; undo: ReturnType<typeof createUndo>; text: Catalogue; looking: Ref<boolean> }) {
  const { toasts, undo, text, looking } = by;
  const [first] = held;
  if (!first) return undo.offer(text.device.sent(count), batches);
  const words = held.length > 1 ? text.device.heldMany(held.length) : first.state === 'conflict' ? text.device.conflicts(first.name) : text.device.refused(first.name, first.why);
  toasts.say(words, { bad: true, act: { title: text.device.show, run: () => void (looking.value = true) } });
}
