// The server's start: which calls a page wants, and the page as HTML once they are answered. Both are pure: nothing is kept
// from one visitor to the next, and nothing is asked of a clock, a network or a window.
import { createSSRApp, shallowReactive, shallowRef } from 'vue';
import { renderToString, type SSRContext } from 'vue/server-renderer';
import { createMemoryHistory, loadRouteLocation, routeLocationKey, RouterLink, routerKey, RouterView, routerViewLocationKey } from 'vue-router';
import chunks from 'virtual:rolo-chunks';
import App from './App.vue';
import { createFirst, type Answers, type Visit } from './first/answers';
import { begin } from './first/begin';
import { judge } from './first/judge';
import { en } from './locales/en';
import { createRolo, provideRolo } from './rolo';
import { createPages } from './router';

/** A page that is drawn, or where the visitor is led instead. */
export interface Painted {
  status: number;
  location?: string;
  html?: string;
  title?: string;
  lang?: string;
  dir?: string;
  theme?: string | null;
  density?: string | null;
  styles?: readonly string[];
  scripts?: readonly string[];
  /** Whether the browser goes on with these elements. */
  hydrate?: boolean;
  /** Whether it is of no use without scripts: it says so then. */
  needs_scripts?: boolean;
}

/** Addresses and what their pages want: the same for everybody. Nobody ever goes anywhere with it, so it knows of no visit. */
const addresses = createPages(createMemoryHistory());

/** The calls a page still wants, asked with what was answered so far; nothing where the browser draws it. */
export function needs(url: string, answers: Answers): string[] | null {
  const route = addresses.resolve(url);
  if (!route.meta.drawn) return null;
  return route.meta.needs(route, answers).filter((path) => !(path in answers));
}

export async function render(url: string, answers: Answers, visit: Visit): Promise<Painted> {
  const route = addresses.resolve(url);
  const { status, location } = judge(route, answers);
  if (location !== undefined) return { status, location };
  const first = createFirst({ answers, visit });
  const rolo = createRolo({ fetch: absent, origin: '', now: first.now, shift: () => 0 }, en, first);
  if (status === 503) {
    rolo.session.problem.value = Object.keys(answers).map(first.refusal).find((refusal) => refusal?.status === 503) ?? null;
  } else await begin(rolo, route);
  const app = createSSRApp(App);
  provideRolo(app, rolo);
  // What a router of its own would provide once it stood here. Reading all addresses anew for each visit costs as much as the frame.
  const here = await loadRouteLocation(route);
  app.provide(routerKey, addresses).provide(routeLocationKey, shallowReactive(here)).provide(routerViewLocationKey, shallowRef(here));
  app.component('RouterLink', RouterLink).component('RouterView', RouterView);
  // A page with a hole in it is no page.
  app.config.errorHandler = (error) => {
    throw error;
  };
  const context: SSRContext = {};
  const html = await renderToString(app, context);
  const { text, session } = rolo;
  const { theme, density } = session.account.value?.settings ?? {};
  const drawn = [...(context.modules as Set<string> | undefined ?? [])].flatMap((name) => chunks[name] ?? []);
  return {
    status, html, title: text.windowTitle(first.title() ?? route.meta.title(text)), lang: text.language, dir: text.direction,
    theme: theme === 'light' || theme === 'dark' ? theme : null, density: density === 'compact' ? density : null,
    styles: [...new Set(drawn.flatMap((one) => one.styles))], scripts: [...new Set(drawn.flatMap((one) => one.scripts))],
    // What could not be asked is asked again in the browser.
    hydrate: status !== 503, needs_scripts: route.meta.scripts === true,
  };
}

function absent(): never {
  throw new Error('a first paint asks nothing of the network');
}
