// The accessibility tree as Chromium gives it to a screen reader.

import type { Page } from 'playwright-core';

/** A node of the tree that a reader meets. */
export interface Node {
  readonly role: string;
  readonly name: string;
  readonly states: Readonly<Record<string, unknown>>;
}

interface Raw {
  ignored: boolean;
  role?: { value: string };
  name?: { value: string };
  properties?: { name: string; value: { value: unknown } }[];
}

/** All nodes of the page that are not hidden from a reader, in their order. */
export async function tree(page: Page): Promise<Node[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as { nodes: Raw[] };
    return nodes.filter((one) => !one.ignored).map(({ role, name, properties }) => ({
      role: role?.value ?? '', name: (name?.value ?? '').trim(), states: Object.fromEntries((properties ?? []).map((one) => [one.name, one.value.value])),
    }));
  } finally {
    await session.detach();
  }
}

/** Roles that say nothing to a person without a name. */
const NAMED = new Set([
  'button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'radio', 'switch', 'slider', 'spinbutton', 'menuitem', 'menuitemradio', 'menuitemcheckbox', 'option', 'tab', 'dialog', 'alertdialog', 'menu', 'listbox', 'grid', 'table',
  'toolbar', 'radiogroup', 'heading', 'navigation', 'region', 'columnheader', 'progressbar', 'image', 'img',
]);
/** Nodes that a reader would meet without a name. */
export function nameless(nodes: readonly Node[]): string[] {
  return nodes.filter(({ role, name }) => NAMED.has(role) && name === '').map(({ role }) => role);
}
