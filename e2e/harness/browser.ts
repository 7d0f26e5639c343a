// One Chromium for a file of journeys, a fresh context for each. A page that logs an error or throws fails its journey.

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Browser, type BrowserContextOptions, chromium, type Download, type LaunchOptions, type Page } from 'playwright-core';

/** Chromium, headless. */
export async function startBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch(await launchOptions(more));
}

/** How it is started, with `more` on its command line. */
async function launchOptions(more: readonly string[] = []): Promise<LaunchOptions> {
  const home = await mkdtemp(join(tmpdir(), 'rolo-chromium-'));
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
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
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

/** Signs in at the sign-in page and waits for the list. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Contacts/ }).waitFor();
}

/** What a download holds, once it is whole. */
export async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}
