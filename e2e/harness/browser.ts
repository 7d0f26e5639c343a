// One Chromium for a file of journeys, a fresh context for each. A page that logs an error or throws fails its journey.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Browser, type BrowserContextOptions, chromium, type Download, type LaunchOptions, type Page } from 'playwright-core';

import { certificate, THROUGH_NGINX } from './nginx.ts';

/** As long as anything is waited for: a busy machine takes half a minute to lay out a full book. */
const PATIENCE_MS = 90_000;

/** Chromium, headless, in a home of its own that goes when it is closed. */
export async function startBrowser(more: readonly string[] = []): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), 'rolo-chromium-'));
  const believed = THROUGH_NGINX ? [`--ignore-certificate-errors-spki-list=${certificate().print}`] : [];
  const browser = await chromium.launch(launchOptions(home, [...believed, ...more]));
  const close = browser.close.bind(browser);
  browser.close = async (options) => {
    await close(options);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return browser;
}

/** How it is started, with `more` on its command line. */
function launchOptions(home: string, more: readonly string[]): LaunchOptions {
  return {
    executablePath: process.env['ROLO_CHROMIUM'] ?? '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
    env: { ...process.env, HOME: home } as Record<string, string>,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', ...more],
  };
}

/** A visit: a page, and everything that went wrong on it. */
export interface Visit {
  readonly page: Page;
  readonly faults: string[];
  end(): Promise<void>;
}

/** A new visitor at this address. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', viewport: { width: 1280, height: 800 }, ignoreHTTPSErrors: THROUGH_NGINX, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  if (options.javaScriptEnabled !== false) comeToLife(page);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is shown to the person by the page; the browser's own line about it is not the page's fault.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== url) faults.push(`asked somebody else: ${request.url()}`);
  });
  return { page, faults, end: () => context.close() };
}

/** A page is gone to once its scripts go on from what the server drew: before that a click is the browser's own. */
function comeToLife(page: Page) {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  const alive = (until: string | undefined) => (until === 'commit' ? undefined : page.locator('#rolo-state').waitFor({ state: 'detached' }));
  page.goto = async (url, options) => {
    const answer = await goto(url, options);
    await alive(options?.waitUntil);
    return answer;
  };
  page.reload = async (options) => {
    const answer = await reload(options);
    await alive(options?.waitUntil);
    return answer;
  };
}

/** Signs in at the sign-in page and waits for the list. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Contacts/ }).waitFor();
}

/** Goes there within the app. */
export async function go(page: Page, place: string): Promise<void> {
  await page.evaluate((to) => (document.querySelector('#app') as unknown as { __vue_app__: { config: { globalProperties: { $router: { push(to: string): Promise<unknown> } } } } }).__vue_app__.config.globalProperties.$router.push(to), place);
}

/** What a download holds, once it is whole. */
export async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}
