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
  let last: Toast['act'];

  function say(text: string, more: Omit<Toast, 'key' | 'text'> = {}) {
    count += 1;
    current.value = { key: count, text, ...more };
    if (more.act) last = more.act;
  }
  /** Does what the last toast offered, also when the toast is gone already; but once. */
  function act(): boolean {
    const wanted = last;
    last = undefined;
    if (wanted) close();
    void wanted?.run();
    return wanted !== undefined;
  }
  function close() {
    current.value = null;
  }
  return { current, say, act, close };
}

export type Toasts = ReturnType<typeof createToasts>;
