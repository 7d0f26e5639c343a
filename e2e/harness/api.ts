// Calls of the API from within a page: cookie, origin and policy are what its own pages have.

import type { Page } from 'playwright-core';

/** A call's status and body. */
export async function call<T>(page: Page, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: T }> {
  return page.evaluate(async ([how, where, what, more]) => {
    const answer = await fetch(where as string, { method: how as string, headers: { 'content-type': 'application/json', ...(more as Record<string, string>) }, ...(what === null ? {} : { body: JSON.stringify(what) }) });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as never };
  }, [method, path, body ?? null, headers] as const);
}

/** A contact as the API answers it, as far as journeys look at it. */
export interface Contact {
  readonly id: string;
  readonly revision: string;
  readonly card: Record<string, unknown>;
  readonly labels: readonly string[];
}

/** Makes a contact and answers it. */
export async function made(page: Page, card: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<Contact> {
  const { status, body } = await call<Contact>(page, 'POST', '/v1/contacts', { card, ...more });
  if (status !== 201) throw new Error(`no contact was made: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** A contact as it is now. */
export async function contact(page: Page, id: string): Promise<Contact> {
  return (await call<Contact>(page, 'GET', `/v1/contacts/${id}`)).body;
}
