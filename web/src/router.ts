// Addresses. Each page says its title and which calls it needs: the server's first paint asks for those before it draws.
import { createRouter, type RouteLocation, type Router, type RouterHistory } from 'vue-router';
import type { Answers } from './first/answers';
import { ACCOUNT, BATCHES, BIN, FRAME, listNeeds, SETUP } from './first/calls';
import type { Catalogue } from './locales/en';

declare module 'vue-router' {
  interface RouteMeta {
    title: (text: Catalogue) => string;
    /** What it still wants of the API for the first paint, which the server makes; asked again with what was answered, once. */
    needs: (route: RouteLocation, answers: Answers) => string[];
    /** The server draws it; other pages begin in the browser. */
    drawn?: boolean;
    /** Drawn or not, it is of no use without scripts, and says so to those who have none. */
    scripts?: boolean;
    /** Pages before the door have no frame around them. */
    door?: boolean;
    /** A page without the frame, such as one to be printed. */
    bare?: boolean;
    /** On a phone the page fills the screen, without bars. */
    full?: boolean;
    /** The entry of the drawer that is lit. */
    place?: 'contacts' | 'import' | 'companies' | 'history' | 'bin';
  }
}

const one = (value: string | string[] | undefined) => encodeURIComponent(String(value));
/** What the frame wants, and these of the page. */
const framed = (...paths: string[]) => [...FRAME, ...paths];

export function createPages(history: RouterHistory): Router {
  return createRouter({
    history,
    routes: [
      {
        path: '/', name: 'contacts', component: () => import('./pages/ContactsPage.vue'),
        meta: { title: (text) => text.list.title, needs: listNeeds, drawn: true, place: 'contacts' },
      },
      {
        path: '/labels/:label', name: 'label', component: () => import('./pages/ContactsPage.vue'),
        meta: { title: (text) => text.list.title, needs: listNeeds, drawn: true, place: 'contacts' },
      },
      {
        path: '/search', name: 'search', component: () => import('./pages/ContactsPage.vue'),
        meta: { title: (text) => text.search.title, needs: listNeeds, drawn: true, place: 'contacts' },
      },
      {
        path: '/contacts/new', name: 'create', component: () => import('./pages/EditPage.vue'),
        meta: { title: (text) => text.edit.createTitle, needs: () => framed(), drawn: true, scripts: true, full: true, place: 'contacts' },
      },
      // The pages around one contact, of companies, settings, printing and help.
      {
        path: '/contacts/many', name: 'create-many', component: () => import('./pages/CreateManyPage.vue'),
        meta: { title: (text) => text.many.title, needs: () => [ACCOUNT], full: true, place: 'contacts' },
      },
      {
        path: '/contacts/:id/print', name: 'print-card', component: () => import('./pages/PrintCardPage.vue'),
        meta: { title: (text) => text.card.print, needs: (route) => [ACCOUNT, `/v1/contacts/${one(route.params.id)}`], bare: true },
      },
      {
        path: '/print', name: 'print', component: () => import('./pages/PrintListPage.vue'),
        meta: { title: (text) => text.print.list, needs: () => [ACCOUNT], bare: true },
      },
      {
        path: '/companies', name: 'companies', component: () => import('./pages/CompaniesPage.vue'),
        meta: { title: (text) => text.companies.title, needs: () => framed(), drawn: true, scripts: true, place: 'companies' },
      },
      {
        path: '/settings', name: 'settings', component: () => import('./pages/SettingsPage.vue'),
        meta: { title: (text) => text.settings.title, needs: () => framed(), drawn: true },
      },
      {
        path: '/organisations/:id/details', name: 'organisation', component: () => import('./pages/OrganisationPage.vue'),
        meta: { title: (text) => text.organisation.title, needs: (route) => framed(`/v1/organisations/${one(route.params.id)}`, `/v1/organisations/${one(route.params.id)}/members?limit=50`), drawn: true },
      },
      {
        path: '/help', name: 'help', component: () => import('./pages/HelpPage.vue'),
        meta: { title: (text) => text.help.title, needs: () => framed(), drawn: true },
      },
      {
        path: '/contacts/:id', name: 'contact', component: () => import('./pages/ContactPage.vue'),
        meta: {
          title: (text) => text.contact.title, full: true, place: 'contacts', drawn: true,
          needs: (route) => framed(`/v1/contacts/${one(route.params.id)}`),
        },
      },
      {
        path: '/contacts/:id/edit', name: 'edit', component: () => import('./pages/EditPage.vue'),
        meta: { title: (text) => text.edit.title, needs: (route) => framed(`/v1/contacts/${one(route.params.id)}`), drawn: true, scripts: true, full: true, place: 'contacts' },
      },
      {
        path: '/hidden', name: 'hidden', component: () => import('./pages/ContactsPage.vue'),
        meta: { title: (text) => text.view.hidden, needs: listNeeds, drawn: true, place: 'contacts' },
      },
      {
        path: '/merge', name: 'merge', component: () => import('./pages/MergePage.vue'),
        meta: { title: (text) => text.merging.title, needs: () => [ACCOUNT, '/v1/labels'], full: true, place: 'contacts' },
      },
      {
        path: '/bin', name: 'bin', component: () => import('./pages/BinPage.vue'),
        meta: { title: (text) => text.bin.title, needs: () => framed(BIN), drawn: true, place: 'bin' },
      },
      {
        path: '/history', name: 'history', component: () => import('./pages/HistoryPage.vue'),
        meta: { title: (text) => text.story.title, needs: () => framed(BATCHES), drawn: true, place: 'history' },
      },
      {
        path: '/import', name: 'import', component: () => import('./pages/ImportPage.vue'),
        meta: { title: (text) => text.importing.title, needs: () => [ACCOUNT, '/v1/imports'], place: 'import' },
      },
      {
        path: '/import/:id', name: 'import-step', component: () => import('./pages/ImportPage.vue'),
        meta: { title: (text) => text.importing.title, needs: (route) => [ACCOUNT, `/v1/imports/${one(route.params.id)}`], place: 'import' },
      },
      {
        path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue'),
        meta: { title: (text) => text.signIn.page, needs: () => [ACCOUNT, SETUP], drawn: true, door: true },
      },
      {
        path: '/setup', name: 'setup', component: () => import('./pages/SetUpPage.vue'),
        meta: { title: (text) => text.setUp.page, needs: () => [SETUP], door: true },
      },
      {
        path: '/:rest(.*)*', name: 'nowhere', component: () => import('./pages/NowherePage.vue'),
        meta: { title: (text) => text.nowhere.title, needs: () => framed(), drawn: true },
      },
    ],
  });
}
