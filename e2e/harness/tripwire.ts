// A tripwire for values that are made to do harm: it notices whatever one of them managed to do.

import type { Page } from 'playwright-core';

const HTML = '"><img data-tripwire src=x onerror="trip()"><svg data-tripwire onload="trip()"></svg><script data-tripwire>trip()</script>';
export const VALUES = {
  html: HTML, address: 'javascript:trip()', odd: 'jAvA\tScRiPt:trip()', file: 'data:text/html,<script data-tripwire>trip()</script>', template: "{{constructor.constructor('trip()')()}} ${trip()}",
  direction: '\u202Etxt.exe\u202C \u2066isolate', formula: '=HYPERLINK("http://evil.example","x")', long: 'N'.repeat(10_000), markup: '</textarea></title></option><b data-tripwire>bold</b>', space: '\u0000\u200B\uFEFF\u00AD zero',
} as const;

/** A card that says one hostile value wherever a card can say something. */
export function hostile(value: string): Record<string, unknown> {
  const text = value.replaceAll('\u0000', '');
  return {
    // A part of a name has its limit; the name in full has none that low.
    name: text.length > 1000 ? { full: text } : { components: [{ kind: 'given', value: text, phonetic: text }, { kind: 'surname', value: text }], phoneticScript: 'Zyyy' }, nicknames: { n1: { name: text } }, organizations: { n1: { name: text, units: [{ name: text }] } }, titles: { n1: { name: text } },
    emails: { n1: { address: text, label: text } }, phones: { n1: { number: text, label: text } }, links: { n1: { uri: text, label: text } }, onlineServices: { n1: { uri: text, service: text }, n2: { user: text, service: text } },
    addresses: { n1: { components: [{ kind: 'name', value: text }, { kind: 'locality', value: text }, { kind: 'country', value: text }], 'rolo:label': text } }, anniversaries: { n1: { kind: 'rolo:other', 'rolo:label': text, date: { month: 2, day: 3 } } },
    relatedTo: { [text]: { 'rolo:label': text } }, notes: { n1: { note: text } }, 'rolo:customFields': { n1: { label: text, value: text } }, 'rolo:fileAs': text, personalInfo: { n1: { kind: 'hobby', value: text } }, calendars: { n1: { kind: 'calendar', uri: text, label: text } },
  };
}

/** Lays it: a script that ran, a dialog, or an attempt the policy stopped is written down from the first moment of each page. */
export async function watch(page: Page) {
  page.on('dialog', (dialog) => void dialog.dismiss());
  await page.addInitScript(() => {
    const seen = { tripped: [] as string[] };
    Object.assign(window, { seen, trip: () => seen.tripped.push('ran') });
    document.addEventListener('securitypolicyviolation', (event) => seen.tripped.push(`stopped: ${event.violatedDirective}`));
  });
}

/** What was tripped until now: also elements, handlers, frames, styles and links that no page of ours makes. */
export const tripped = (page: Page) => page.evaluate(() => {
  const { seen } = window as unknown as { seen: { tripped: string[] } };
  const links = Array.from(document.querySelectorAll('a[href], area[href], form[action]')).map((one) => (one as HTMLAnchorElement).href ?? (one as HTMLFormElement).action);
  const within = Array.from(document.querySelectorAll('*')).filter((one) => Array.from(one.attributes).some(({ name }) => name.startsWith('on'))).length;
  return {
    ran: seen.tripped, elements: document.querySelectorAll('[data-tripwire]').length, handlers: within, links: links.filter((href) => !/^(?:https?|mailto|tel|sms):/.test(href)),
    frames: document.querySelectorAll('iframe, object, embed').length,
  };
});
export const NOTHING = { ran: [], elements: 0, handlers: 0, links: [], frames: 0 };
