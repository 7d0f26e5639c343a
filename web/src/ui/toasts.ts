// One word at the foot of the window: what happened, and Undo first.
import { shallowRef } from 'vue';

export interface Toast {
  key: number;
  text: string;
  bad?: boolean;
  act?: { title: string; run: () => void | Promise<void> };
}

export function createToasts() {
  const current = shallowRef<Toast | null>(null);
  let count = 0;

  function say(text: string, more: Omit<Toast, 'key' | 'text'> = {}) {
    count += 1;
    current.value = { key: count, text, ...more };
  }
  function close() {
    current.value = null;
  }
  return { current, say, close };
}

export type Toasts = ReturnType<typeof createToasts>;
