// Values made to do harm, in every place that shows them: they are text and nothing else. A control shows that the
// tripwire would be tripped.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { call, made } from './harness/api.ts';
import { signIn, visit } from './harness/browser.ts';
import { stage } from './harness/stage.ts';

const HTML = '"><img data-tripwire src=x onerror="trip()"><svg data-tripwire onload="trip()"></svg><script data-tripwire>trip()</script>';
const VALUES: Readonly<Record<string, string>> = {
  html: HTML, address: 'javascript:trip()', odd: 'jAvA\tScRiPt:trip()', file: 'data:text/html,<script data-tripwire>trip()</script>', template: "{{constructor.constructor('trip()')()}} ${trip()}",
  direction: '\u202Etxt.exe\u202C \u2066isolate', formula: '=HYPERLINK("http://evil.example","x")', long: 'N'.repeat(10_000), markup: '</textarea></title></option><b data-tripwire>bold</b>', space: '\u0000\u200B\uFEFF\u00AD zero',
};

const on = stage();

/** A card that says one hostile value wherever a card can say something. */
function hostile(value: string): Record<string, unknown> {
  const text = value.replaceAll('\u0000', '');
  return {
    // A part of a name has its limit; the name in full has none that low.
    name: text.length > 1000 ? { full: text } : { components: [{ kind: 'given', value: text, phonetic: text }, { kind: 'surname', value: text }], phoneticScript: 'Zyyy' }, nicknames: { n1: { name: text } }, organizations: { n1: { name: text, units: [{ name: text }] } }, titles: { n1: { name: text } },
    emails: { n1: { address: text, label: text } }, phones: { n1: { number: text, label: text } }, links: { n1: { uri: text, label: text } }, onlineServices: { n1: { uri: text, service: text }, n2: { user: text, service: text } },
    addresses: { n1: { components: [{ kind: 'name', value: text }, { kind: 'locality', value: text }, { kind: 'country', value: text }], 'rolo:label': text } }, anniversaries: { n1: { kind: 'rolo:other', 'rolo:label': text, date: { month: 2, day: 3 } } },
    relatedTo: { [text]: { 'rolo:label': text } }, notes: { n1: { note: text } }, 'rolo:customFields': { n1: { label: text, value: text } }, 'rolo:fileAs': text, personalInfo: { n1: { kind: 'hobby', value: text } }, calendars: { n1: { kind: 'calendar', uri: text, label: text } },
  };
}

/** Notices whatever a value managed to do: an element of its own, a script that ran, a dialog, or an attempt the policy stopped. */
async function watch(page: Page) {
  page.on('dialog', (dialog) => void dialog.dismiss());
  await page.addInitScript(() => {
    const seen = { tripped: [] as string[] };
    Object.assign(window, { seen, trip: () => seen.tripped.push('ran') });
    document.addEventListener('securitypolicyviolation', (event) => seen.tripped.push(`stopped: ${event.violatedDirective}`));
  });
}
const tripped = (page: Page) => page.evaluate(() => {
  const { seen } = window as unknown as { seen: { tripped: string[] } };
  const links = Array.from(document.querySelectorAll('a[href], area[href], form[action]')).map((one) => (one as HTMLAnchorElement).href ?? (one as HTMLFormElement).action);
  const within = Array.from(document.querySelectorAll('*')).filter((one) => Array.from(one.attributes).some(({ name }) => name.startsWith('on'))).length;
  return {
    ran: seen.tripped, elements: document.querySelectorAll('[data-tripwire]').length, handlers: within, links: links.filter((href) => !/^(?:https?|mailto|tel|sms):/.test(href)),
    frames: document.querySelectorAll('iframe, object, embed').length,
  };
});
const NOTHING = { ran: [], elements: 0, handlers: 0, links: [], frames: 0 };

test('hostile values are text wherever they show', async () => {
  const { page, faults, end } = await visit(on.browser, on.rolo.url);
  await watch(page);
  await signIn(page, on.noor);
  const book = (await call<{ items: { id: string }[] }>(page, 'GET', '/v1/books')).body.items[0]!.id;
  const label = (await call<{ id: string }>(page, 'POST', '/v1/labels', { book, name: HTML.slice(0, 90) })).body.id;
  const ids: string[] = [];
  for (const value of Object.values(VALUES)) ids.push((await made(page, hostile(value), { labels: [label] })).id);
  const company = (await made(page, { name: { full: HTML }, organizations: { n1: { name: HTML } } }, { kind: 'org', labels: [label] })).id;
  const { organisation } = (await call<{ organisation: { id: string } }>(page, 'GET', '/v1/account')).body;
  const told = await call(page, 'PATCH', `/v1/organisations/${organisation.id}`, { name: HTML.slice(0, 100), details: { about: HTML, address: HTML } }, { 'content-type': 'application/merge-patch+json', 'if-match': '*' });
  assert.equal(told.status, 200, JSON.stringify(told.body));
  const thrown = await made(page, hostile(HTML), { labels: [label] });
  await call(page, 'DELETE', `/v1/contacts/${thrown.id}`, undefined, { 'if-match': '*' });
  const places = [
    '/', '/bin', '/history', `/merge?of=${ids[0]},${ids[1]}`, `/labels/${label}`, '/search?q=trip', '/companies', `/organisations/${organisation.id}/details`, '/print', '/settings', `/contacts/${company}`,
    ...ids.flatMap((id) => [`/contacts/${id}`, `/contacts/${id}/edit`, `/contacts/${id}/print`]),
  ];
  for (const place of places) {
    await page.goto(place);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    assert.deepEqual(await tripped(page), NOTHING, place);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${place} is ${wide} pixels too wide`);
  }
  // What is shown is what was said.
  await page.goto(`/contacts/${ids[0]}`);
  await page.getByText(HTML).first().waitFor();
  await page.getByRole('button', { name: 'Show code' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  // Pasted, and searched for at each keystroke.
  await page.goto('/contacts/many');
  await page.getByLabel('People').fill(`${HTML}\n${VALUES.template}`);
  assert.deepEqual(await tripped(page), NOTHING, 'pasted');
  await page.goto('/');
  await page.getByRole('combobox', { name: 'Search contacts' }).fill('trip');
  await page.getByRole('option').first().waitFor();
  assert.deepEqual(await tripped(page), NOTHING, 'searched');
  assert.deepEqual(faults, []);
  await end();
});

test('the tripwire is tripped by a page that writes such a value as HTML (the control)', async () => {
  const { page, end } = await visit(on.browser, on.rolo.url);
  await watch(page);
  await signIn(page, on.noor);
  await page.evaluate((html) => {
    const place = document.createElement('div');
    place.innerHTML = html;
    document.body.append(place);
    const link = document.createElement('a');
    link.href = 'javascript:trip()';
    document.body.append(link);
  }, HTML);
  await page.waitForFunction(() => (window as unknown as { seen: { tripped: string[] } }).seen.tripped.length > 0);
  const found = await tripped(page);
  assert.ok(found.elements >= 3 && found.handlers >= 2, JSON.stringify(found));
  assert.deepEqual(found.links, ['javascript:trip()']);
  // The policy stops what got in: nothing of it has run.
  assert.ok(found.ran.length > 0 && found.ran.every((one) => one.startsWith('stopped')), JSON.stringify(found.ran));
  await end();
});
