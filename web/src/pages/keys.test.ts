// Keys that are faster than the card: who it is stands in the list, and that is enough to act.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import App from '@/App.vue';
import { person } from '@/contact/people.fixture';
import { createRolo, provideRolo } from '@/rolo';
import { createPages } from '@/router';

const account = { id: 'a', name: 'Noor', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'Oke' }, settings: {} };
const ann = person({ id: '1', name: 'Ann Lee' });

let view: VueWrapper | undefined;
afterEach(() => {
  view?.unmount();
  document.body.innerHTML = '';
});

/** The page of somebody whose card is still on its way. */
async function waiting() {
  (globalThis as { ResizeObserver?: unknown }).ResizeObserver ??= class { observe() {} disconnect() {} };
  const asked: string[] = [];
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(`${request.method} ${pathname}`);
      if (pathname === '/v1/account') return Response.json(account);
      if (pathname === '/v1/contacts/1' && request.method === 'GET') return new Promise<Response>(() => {});
      if (pathname !== '/v1/snapshot') return Response.json({ items: [], next: null, total: 0, since: '2', more: false });
      return new Response([{ since: '1', total: 1 }, { type: 'contact', value: ann }].map((line) => JSON.stringify(line)).join('\n'));
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  await rolo.session.load();
  await rolo.book.load();
  const router = createPages(createMemoryHistory());
  await router.push('/contacts/1');
  await router.isReady();
  view = mount(App, { attachTo: document.body, global: { plugins: [router, { install: (app) => provideRolo(app, rolo) }] } });
  await vi.waitFor(() => expect(document.querySelector('h1')?.textContent).toBe('Ann Lee'));
  const press = async (key: string) => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await flushPromises();
  };
  return { router, asked, press };
}

it('e opens the form', async () => {
  const { router, press } = await waiting();
  await press('e');
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/contacts/1/edit'));
});
it('s puts the star on', async () => {
  const { asked, press } = await waiting();
  await press('s');
  await vi.waitFor(() => expect(asked).toContain('PUT /v1/contacts/1/star'));
});
