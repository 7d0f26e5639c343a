import { expect, it } from 'vitest';
import { createRolo } from '@/rolo';
import type { Settings } from '@/api/types';

/** A server that keeps the settings of one account, and answers each change when it is told to. */
function world() {
  let kept: Settings = {};
  const waiting: (() => void)[] = [];
  const asked: Settings[] = [];
  let refuse = false;
  const told = () => Response.json({ id: 'a', name: 'Noor', settings: kept });
  const rolo = createRolo({
    fetch: async (request) => {
      if (request.method === 'GET') return told();
      const { settings } = (await request.json()) as { settings: Settings };
      asked.push(settings);
      await new Promise<void>((go) => waiting.push(go));
      if (refuse) return Response.json({ type: 'about:blank', title: 'Unavailable', status: 503, detail: 'Not now.' }, { status: 503 });
      kept = { ...kept, ...settings };
      return told();
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  const answer = async () => {
    while (waiting.length === 0) await new Promise((go) => setTimeout(go));
    waiting.shift()!();
  };
  return { session: rolo.session, asked, answer, refusing: () => (refuse = true) };
}

it('shows each change at once, and keeps what is on its way while an earlier one is answered', async () => {
  const { session, asked, answer } = world();
  await session.load();
  const closer = session.save({ settings: { density: 'compact' } });
  const sorted = session.save({ settings: { sort: 'family' } });
  const back = session.save({ settings: { density: 'comfortable' } });
  const shown = () => [session.account.value?.settings.density, session.account.value?.settings.sort];
  expect(shown()).toEqual(['comfortable', 'family']);
  for (const one of [closer, sorted, back]) {
    await answer();
    await one;
    expect(shown()).toEqual(['comfortable', 'family']);
  }
  expect(asked).toEqual([{ density: 'compact' }, { sort: 'family' }, { density: 'comfortable' }]);
});

it('takes back what was refused, and only that', async () => {
  const { session, answer, refusing } = world();
  await session.load();
  const closer = session.save({ settings: { density: 'compact' } });
  await answer();
  await closer;
  refusing();
  const sorted = session.save({ settings: { sort: 'family' } });
  expect(session.account.value?.settings).toEqual({ density: 'compact', sort: 'family' });
  await answer();
  await expect(sorted).rejects.toThrow();
  expect(session.account.value?.settings).toEqual({ density: 'compact' });
});
