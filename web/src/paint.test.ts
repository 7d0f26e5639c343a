// @vitest-environment node
// The server's first paint draws these very pages without a browser: no window, no document, no inline style.
import { createSSRApp, defineComponent, h, type Component } from 'vue';
import { createMemoryHistory } from 'vue-router';
import { renderToString } from 'vue/server-renderer';
import { describe, expect, it } from 'vitest';
import App from './App.vue';
import { person } from './contact/people.fixture';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';
import { amongTraps } from './traps.fixture';

const crowd = Array.from({ length: 300 }, (_, n) => person({ id: `p${n}`, name: `Person ${String(n).padStart(3, '0')}`, emails: [`p${n}@x.example`], starred: n === 7 }));

/** The app at an address, as the server holds it before it draws. */
async function readyAt(path: string, signedIn = true, root: Component = App) {
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/v1/account') return Response.json({ id: 'a', name: 'Noor <b>', email: 'n@x.example', role: 'owner', organisation: { id: 'o', name: 'O' }, settings: {} });
      if (pathname === '/v1/snapshot') return new Response([{ since: '1', total: crowd.length }, ...crowd.map((value) => ({ type: 'contact', value }))].map((line) => JSON.stringify(line)).join('\n'));
      return new Response(null, { status: 404 });
    },
    origin: 'http://rolo.test', now: () => Date.parse('2026-11-21T12:00:00Z'), shift: () => 0,
  });
  if (signedIn) {
    await rolo.session.load();
    await rolo.book.load();
  }
  const router = createPages(createMemoryHistory());
  const app = createSSRApp(root);
  provideRolo(app, rolo);
  app.use(router);
  await router.push(path);
  await router.isReady();
  return app;
}
const paint = async (path: string, signedIn = true) => renderToString(await readyAt(path, signedIn));

/** What a strict policy would refuse. */
const inline = (html: string) => [...html.matchAll(/<[^>]* style="[^>]*>/g)].map(([tag]) => tag);

describe('without a browser', () => {
  it('there is none here', () => {
    expect(typeof window).toBe('undefined');
    expect(typeof document).toBe('undefined');
  });

  it('the list draws its first rows, the starred ones on top', async () => {
    const html = await paint('/');
    expect(html.match(/class="person"/g)?.length).toBeGreaterThanOrEqual(40);
    expect(html.match(/class="person"/g)?.length).toBeLessThanOrEqual(60);
    expect(html.indexOf('Person 007')).toBeLessThan(html.indexOf('Person 000'));
    expect(inline(html)).toEqual([]);
  });

  it('a contact draws its name, and text stays text', async () => {
    const html = await paint('/contacts/p3');
    expect([html.includes('Person 003'), html.includes('Noor &lt;b&gt;'), html.includes('Noor <b>')]).toEqual([true, true, false]);
    expect(inline(html)).toEqual([]);
  });

  it.each(['/sign-in', '/setup', '/import', '/contacts/new', '/search?q=person', '/nowhere', '/contacts/many', '/companies', '/settings', '/help', '/organisations/o/details', '/print', '/bin', '/history', '/merge?of=p1,p2', '/hidden'])('%s draws', async (path) => {
    const html = await paint(path, path !== '/sign-in' && path !== '/setup');
    expect(html.includes('<h1')).toBe(true);
    expect(inline(html)).toEqual([]);
  });

  it('every page says its title and what it needs', () => {
    const pages = createPages(createMemoryHistory());
    for (const path of ['/', '/labels/l', '/search?q=a%26b', '/contacts/new', '/contacts/many', '/contacts/x', '/contacts/x/edit', '/contacts/x/print', '/print', '/companies', '/settings', '/help', '/organisations/o/details', '/import', '/import/i', '/sign-in', '/setup', '/nope', '/bin', '/history', '/merge', '/hidden']) {
      const route = pages.resolve(path);
      expect(route.meta.title).toBeTypeOf('function');
      for (const call of route.meta.needs(route, {})) expect(call).toMatch(/^\/v1\//);
    }
    const found = pages.resolve('/search?q=a%26b');
    expect(found.meta.needs(found, { '/v1/account': { status: 200, body: { settings: {} } } })).toContain('/v1/contacts?q=a%26b&limit=50');
  });

  // Every page of the router, by its name: a new one without an address here fails.
  const ADDRESSES: Readonly<Record<string, string>> = {
    contacts: '/', label: '/labels/l', search: '/search?q=person', create: '/contacts/new?company=Oke', 'create-many': '/contacts/many', 'print-card': '/contacts/p3/print', print: '/print', companies: '/companies',
    settings: '/settings', organisation: '/organisations/o/details', help: '/help', contact: '/contacts/p3', edit: '/contacts/p3/edit', hidden: '/hidden', merge: '/merge?of=p1,p2', bin: '/bin', history: '/history?show=you',
    import: '/import', 'import-step': '/import/i', 'sign-in': '/sign-in?refused=true', setup: '/setup', nowhere: '/no/such/page',
  };
  it.each(createPages(createMemoryHistory()).getRoutes().map((route) => String(route.name)))('the first render of %s asks for nothing that only a browser has: no window, timer, clock, Intl or chance', async (name) => {
    expect(ADDRESSES[name]).toBeDefined();
    const app = await readyAt(ADDRESSES[name]!, !['sign-in', 'setup'].includes(name));
    let html = '';
    const asked = await amongTraps(async () => (html = await renderToString(app)));
    expect(asked).toEqual([]);
    expect(html).toContain('<main');
  });
  it.each([
    ['window', () => window.innerWidth], ['document', () => document.title], ['new Date()', () => new Date().getUTCDay()], ['Date.now', () => Date.now()], ['Intl', () => new Intl.NumberFormat('en').format(1)],
    ['setTimeout', () => setTimeout(() => {}, 0)], ['setInterval', () => setInterval(() => {}, 1e6)], ['Math.random', () => Math.random()], ['localStorage', () => localStorage.getItem('x')], ['navigator', () => navigator.language],
    ['toLocaleString', () => (1000).toLocaleString()], ['localeCompare', () => 'a'.localeCompare('b')], ['getTimezoneOffset', () => new Date(0).getTimezoneOffset()], ['crypto', () => crypto.randomUUID()],
  ] as const)('a component that asks for %s is caught, in its set-up and in its drawing (the control)', async (what, ask) => {
    const inSetup = defineComponent({ setup: () => (String(ask()), () => h('p')) });
    const inDrawing = defineComponent({ setup: () => () => h('p', String(ask())) });
    for (const one of [inSetup, inDrawing]) {
      const app = await readyAt('/', true, one);
      app.config.warnHandler = () => {};
      expect((await amongTraps(() => renderToString(app))).join()).toContain(what.replace(/[()]|^new /g, ''));
    }
  });
  it('a component that asks the clock and hides that it failed is caught (the control)', async () => {
    const quiet = defineComponent({ setup: () => { try { Date.now(); } catch { return () => h('p'); } return () => h('b'); } });
    const app = await readyAt('/', true, quiet);
    expect(await amongTraps(() => renderToString(app))).toEqual(['Date.now']);
  });
  it('what is asked of a moment that is known is allowed', async () => {
    expect(await amongTraps(async () => new Date('2026-11-21').toISOString() + Date.parse('2026-11-21'))).toEqual([]);
  });
});
