import { expect, it } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import { createRolo, type Surroundings } from '@/rolo';
import { createPages } from '@/router';
import { guard, safePath } from './guard';

function world(statuses: Record<string, number>, more: Partial<Surroundings> = {}) {
  const rolo = createRolo({
    fetch: async (request) => {
      const status = statuses[new URL(request.url).pathname] ?? 404;
      return new Response(status === 204 ? null : '{"id":"a","settings":{}}', { status, headers: { 'content-type': 'application/json' } });
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0, ...more,
  });
  const router = createPages(createMemoryHistory());
  guard(router, rolo);
  return router;
}

it('leads to set-up while there is no account, to sign-in without a session, and in with one', async () => {
  const fresh = world({ '/v1/account': 401, '/v1/setup': 200 });
  await fresh.push('/contacts/1');
  expect(fresh.currentRoute.value.fullPath).toBe('/setup');

  const out = world({ '/v1/account': 401 });
  await out.push('/contacts/1');
  expect(out.currentRoute.value.fullPath).toBe('/sign-in?next=/contacts/1');

  const inside = world({ '/v1/account': 200 });
  await inside.push('/sign-in?next=/import');
  expect(inside.currentRoute.value.fullPath).toBe('/import');
});

it('goes back to pages of this site only', () => {
  expect(['/x?y=1', '//evil.example', '/\\evil.example', 'https://evil.example', undefined, ['/a']].map(safePath)).toEqual(['/x?y=1', '/', '/', '/', '/', '/']);
});

it('asks nothing at the door of somebody who was never in, and whoever was is led on', async () => {
  const asked: string[] = [];
  const fetch = async (request: Request) => {
    asked.push(new URL(request.url).pathname);
    return Response.json({ id: 'a', settings: {} });
  };
  const first = world({}, { fetch, trace: { seen: () => false, keep: () => undefined } });
  await first.push('/sign-in');
  expect([first.currentRoute.value.fullPath, asked]).toEqual(['/sign-in', []]);
  const again = world({}, { fetch, trace: { seen: () => true, keep: () => undefined } });
  await again.push('/sign-in');
  expect([again.currentRoute.value.fullPath, asked]).toEqual(['/', ['/v1/account']]);
  asked.length = 0;
  const setUp = world({}, { fetch, trace: { seen: () => false, keep: () => undefined } });
  await setUp.push('/setup');
  expect([setUp.currentRoute.value.fullPath, asked]).toEqual(['/setup', ['/v1/setup']]);
});
