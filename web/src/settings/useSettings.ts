// The account's settings: a change takes effect at once, is kept by the server, and can be undone from the toast.
import { asRefusal } from '@/api/refusal';
import type { Account, Settings } from '@/api/types';
import { useRolo } from '@/rolo';

export function useSettings() {
  const { api, session, toasts, text } = useRolo();

  function tell(error: unknown) {
    const refusal = asRefusal(error);
    toasts.say(refusal.detail ?? (refusal.unreachable ? text.error.unreachable : text.error.unknown), { bad: true });
  }

  async function patch(body: Record<string, unknown>): Promise<void> {
    const { data } = await api.answer(api.client.PATCH('/v1/account', { params: { header: { 'If-Match': '*' } }, body: body as never, headers: { 'Content-Type': 'application/merge-patch+json' } }));
    session.account.value = data;
  }

  /** Shown at once; what the server refuses falls back. */
  async function set<K extends keyof Settings>(name: K, value: Settings[K], undoable = true): Promise<void> {
    const before = session.account.value;
    if (!before) return;
    const old = before.settings[name] ?? null;
    session.account.value = { ...before, settings: { ...before.settings, [name]: value } } as Account;
    try {
      await patch({ settings: { [name]: value } });
      if (undoable) toasts.say(text.settings.saved, { act: { title: text.undo.act, run: () => set(name, old as Settings[K], false) } });
      else toasts.say(text.undo.done);
    } catch (error) {
      session.account.value = before;
      tell(error);
    }
  }

  async function rename(name: string, undoable = true): Promise<boolean> {
    const old = session.account.value?.name ?? '';
    try {
      await patch({ name });
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
