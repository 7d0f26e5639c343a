// The page of finds follows each key; its address waits until the typing pauses, and is there before one leaves.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import App from '@/App.vue';
import { person } from '@/contact/people.fixture';
import { createRolo, provideRolo } from '@/rolo';
import { createPages } from '@/router';

const account = { id: 'a', name: 'Noor', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'Oke' }, settings: {} };
const people = ['Ann Lee', 'Anna Berg', 'Bo Finch'].map((name, n) => person({ id: `p${n}`, name }));

let view: VueWrapper | undefined;
beforeEach(() => {
  (globalThis as { ResizeObserver?: unknown }).ResizeObserver ??= class { observe() {} disconnect() {} };
});
afterEach(() => {
  view?.unmount();
  vi.useRealTimers();
  document.body.innerHTML = '';
});

async function searching(path: string) {
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/v1/account') return Response.json(account);
      if (pathname !== '/v1/snapshot') return Response.json({ items: [], next: null, total: 0 });
      return new Response([{ since: '1', total: 3 }, ...people.map((value) => ({ type: 'contact', value }))].map((line) => JSON.stringify(line)).join('\n'));
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  await rolo.session.load();
  await rolo.book.load();
  const router = createPages(createMemoryHistory());
  await router.push(path);
  await router.isReady();
  view = mount(App, { attachTo: document.body, global: { plugins: [router, { install: (app) => provideRolo(app, rolo) }] } });
  await vi.waitFor(() => expect(names().length).toBeGreaterThan(0));
  vi.useFakeTimers();
  const written: string[] = [];
  router.afterEach((to) => void written.push(to.fullPath));
  return { router, written };
}
const names = () => [...document.querySelectorAll('main [data-id] .who bdi:first-child')].map((one) => one.textContent);
const input = () => view!.get<HTMLInputElement>('#search');

it('shows the finds of each key, and writes the address once', async () => {
  const { written } = await searching('/search?q=a');
  for (const typed of ['an', 'ann', 'anna']) {
    await input().setValue(typed);
    await flushPromises();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(names()).toEqual(['Anna Berg']);
  expect(document.querySelector('h1')!.textContent).toContain('anna');
  expect(document.querySelectorAll('#finds [role="option"]')).toHaveLength(0);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  await flushPromises();
  expect(written).toEqual(['/search?q=anna']);
  expect(names()).toEqual(['Anna Berg']);
});

it('has the address before one leaves the box, and takes another that is gone to', async () => {
  const { router, written } = await searching('/search?q=a');
  await input().setValue('bo');
  await input().trigger('blur');
  await flushPromises();
  expect(written).toEqual(['/search?q=bo']);
  await input().setValue('bo f');
  await router.push('/search?q=ann');
  await vi.advanceTimersByTimeAsync(1000);
  await flushPromises();
  expect(names()[0]).toBe('Ann Lee');
});
