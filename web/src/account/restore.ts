// How a backup is brought back: sent, and followed until the server has taken it into use.
import type { Api } from '@/api/client';
import { asRefusal, Refusal } from '@/api/refusal';
import type { Setup } from '@/api/types';

export type Restore = NonNullable<Setup['restore']>;

const OFTEN_MS = 400;
const rest = () => new Promise<void>((go) => setTimeout(go, OFTEN_MS));

/** Sends the file; meanwhile the server says how much of it has come. */
export async function upload(api: Api, file: Blob, code: string, hear: (state: Restore) => void): Promise<void> {
  const request = new Request(`${api.origin}/v1/setup/backup`, { method: 'PUT', body: file, headers: { 'content-type': 'application/octet-stream', 'rolo-setup-code': code } });
  let sent = false;
  const answer = api.send(request).finally(() => (sent = true));
  void (async () => {
    for (await rest(); !sent; await rest()) {
      const state = await api.answer(api.client.GET('/v1/setup')).then(({ data }) => data.restore, () => null);
      if (state && !sent) hear(state);
    }
  })();
  const response = await answer.catch((error: unknown) => {
    throw asRefusal(error);
  });
  if (!response.ok) throw Refusal.from(response.status, await response.json().catch(() => undefined));
}

/** Looks how far it is. Answers why it failed; nothing once it is in use: then there is no set-up any more. */
export async function follow(api: Api, hear: (state: Restore) => void, gone: () => boolean): Promise<string | null> {
  for (;;) {
    try {
      const { restore } = (await api.answer(api.client.GET('/v1/setup'))).data;
      if (!restore) return null;
      hear(restore);
      if (!restore.running) return restore.failed ?? '';
    } catch (error) {
      // While it starts again nobody answers, or somebody who does not know yet what there is.
      if (asRefusal(error).status === 404 && (await ready(api))) return null;
    }
    if (gone()) return null;
    await rest();
  }
}

async function ready(api: Api): Promise<boolean> {
  const response = await api.send(new Request(`${api.origin}/readyz`)).catch(() => null);
  return response?.ok === true;
}

/** How much is done, of what can be known: sending and writing are each told from nothing to all. */
export function percentOf(step: 'ask' | 'send' | 'open' | 'write', state: Restore | null, size: number): number {
  if (step === 'open') return 100;
  const [done, of] = step === 'send' ? [state?.octets ?? 0, size] : [state?.done ?? 0, state?.of ?? 0];
  return of > 0 ? Math.min(100, Math.floor((done * 100) / of)) : 0;
}
