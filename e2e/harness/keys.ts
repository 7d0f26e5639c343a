// A visit that has a keyboard and nothing else: a tripwire notices every pointer, and each stop of the focus is looked at.

import assert from 'node:assert/strict';

import type { Browser, Page } from 'playwright-core';

import { visit, type Visit } from './browser.ts';
import { until } from './until.ts';

export interface KeyVisit extends Visit {
  /** Pointer events that happened, of any kind. */
  readonly pointed: string[];
}

/** Opens a visit whose every pointer event is written down. */
export async function keyVisit(browser: Browser, url: string): Promise<KeyVisit> {
  const visitor = await visit(browser, url);
  const pointed: string[] = [];
  await visitor.page.exposeFunction('pointed', (what: string) => void pointed.push(what));
  await visitor.page.addInitScript(() => {
    const tell = (event: Event) => {
      // Enter and Space on a button are a click too: one that counts no presses.
      if (event.type === 'click' && (event as MouseEvent).detail === 0) return;
      (window as unknown as { pointed: (what: string) => void }).pointed(event.type);
    };
    for (const type of ['pointerdown', 'mousedown', 'touchstart', 'wheel', 'click', 'dblclick', 'dragstart']) window.addEventListener(type, tell, { capture: true, passive: true });
  });
  return { ...visitor, pointed };
}

/** Where the focus is: the name of its place, whether it is seen there, and whether it is anywhere at all. */
export interface Stop {
  readonly name: string;
  readonly role: string;
  readonly lost: boolean;
  readonly seen: boolean;
  readonly inDialog: boolean;
}

export function stop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const here = document.activeElement;
    if (!here || here === document.body || here === document.documentElement) return { name: '', role: '', lost: true, seen: false, inDialog: false };
    const ringed = (one: Element | null | undefined) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
      return outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2 && !/, 0\)|transparent/.test(outlineColor);
    };
    // The ring may lie around the box of a field, around a label, or on the row that the list speaks of.
    const around = [here, here.parentElement, here.parentElement?.parentElement, here.getAttribute('role') === 'grid' ? here.querySelector('.person.at') : null, here.closest('label')?.querySelector('svg')];
    const box = here.closest('.field')?.querySelector('.box');
    const boxed = box !== null && box !== undefined && box.contains(here) && getComputedStyle(box).boxShadow.includes('inset');
    const { top, left, bottom, right } = here.getBoundingClientRect();
    const inWindow = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    const labels = (here as HTMLInputElement).labels;
    const name = here.getAttribute('aria-label') ?? (labels?.length ? labels[0]!.textContent : here.textContent) ?? '';
    return {
      name: name.replace(/\s+/g, ' ').trim(), role: here.getAttribute('role') ?? here.tagName.toLowerCase(), lost: false, seen: inWindow && (boxed || around.some(ringed)),
      inDialog: here.closest('dialog, [role="dialog"]') !== null,
    };
  });
}

/** Until the focus stands there: a page may hand it on a moment after the key. */
export async function standsAt(page: Page, wanted: Partial<Stop>, why = 'it stands'): Promise<void> {
  let here: Stop | undefined;
  await until(async () => {
    const now = (here = await stop(page));
    return (Object.keys(wanted) as (keyof Stop)[]).every((what) => now[what] === wanted[what]);
  }, async () => `${why}: ${JSON.stringify(wanted)}, and not ${JSON.stringify(here)}`);
}

/** Two keys one after the other, as quickly as fingers do: the app waits only a moment for the second. */
export async function chord(page: Page, first: string, second: string): Promise<void> {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);
}

/** Presses Tab until the focus stands at `wanted`; each stop on the way must be seen. */
export async function tabTo(page: Page, wanted: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let n = 0; n < 120; n += 1) {
    await page.keyboard.press(key);
    const here = await stop(page);
    // Past the last stop the focus is the browser's own, and comes back with the next key.
    if (here.lost) {
      passed.push('(browser)');
      continue;
    }
    assert.ok(here.seen, `the focus is not seen at “${here.name}” (${here.role}) on ${page.url()}`);
    if (typeof wanted === 'string' ? here.name === wanted : wanted.test(here.name)) return;
    passed.push(here.name);
  }
  assert.fail(`no stop is named ${String(wanted)}: ${passed.join(' | ')}`);
}

/** The focus is on something, and not on nothing. Waits a moment for a page that hands it on. */
export async function notLost(page: Page, why: string): Promise<void> {
  await page.waitForFunction(() => document.activeElement !== null && document.activeElement !== document.body, undefined, { timeout: 30_000 }).catch(() => assert.fail(`the focus is lost: ${why}`));
}
