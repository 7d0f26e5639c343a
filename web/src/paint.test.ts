// @vitest-environment node
// The server's first paint draws these very pages without a browser: no window, no document, no inline style.
import { createSSRApp } from 'vue';
import { createMemoryHistory } from 'vue-router';
import { renderToString } from 'vue/server-renderer';
import { describe, expect, it } from 'vitest';
import App from './App.vue';
import { person } from './contact/people.fixture';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';

const crowd = Array.from({ length: 300 }, (_, n) => person({ id: `p${n}`, name: `Person ${String(n).padStart(3, '0')}`, emails: [`p${n}@x.example`], starred: n === 7 }));

async function paint(path: string, signedIn = true): Promise<string> {
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
  const app = createSSRApp(App);
  provideRolo(app, rolo);
  app.use(router);
  await router.push(path);
  await router.isReady();
  return renderToString(app);
}

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
      for (const call of route.meta.needs(route as never)) expect(call).toMatch(/^\/v1\//);
    }
    const found = pages.resolve('/search?q=a%26b');
    expect(found.meta.needs(found as never)).toContain('/v1/contacts?q=a%26b&limit=50');
  });
});
