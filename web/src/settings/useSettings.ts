// The account's settings: a change takes effect at once, is kept by the server, and can be undone from the toast.
import { asRefusal } from '@/api/refusal';
import type { Settings } from '@/api/types';
import { useRolo } from '@/rolo';

export function useSettings() {
  const { session, toasts, text } = useRolo();

  function tell(error: unknown) {
    const refusal = asRefusal(error);
    toasts.say(refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.error.unknown), { bad: true });
  }

  /** Shown at once; what the server refuses falls back. */
  async function set<K extends keyof Settings>(name: K, value: Settings[K], undoable = true): Promise<void> {
    const old = session.account.value?.settings[name] ?? null;
    try {
      await session.save({ settings: { [name]: value } });
      if (undoable) toasts.say(text.settings.saved, { act: { title: text.undo.act, run: () => set(name, old as Settings[K], false) } });
      else toasts.say(text.undo.done);
    } catch (error) {
      tell(error);
    }
  }

  async function rename(name: string, undoable = true): Promise<boolean> {
    const old = session.account.value?.name ?? '';
    try {
      await session.save({ name });
      if (undoable) toasts.say(text.settings.saved, { act: { title: text.undo.act, run: async () => void (await rename(old, false)) } });
      else toasts.say(text.undo.done);
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }

  return { set, rename, tell };
}
