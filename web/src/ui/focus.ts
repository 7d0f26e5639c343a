// Where the focus goes when what had it is gone: to the list of the page, else to its heading, never to nothing.

function place(within: Document): HTMLElement | null {
  return within.querySelector<HTMLElement>('main [role="grid"]') ?? within.querySelector<HTMLElement>('main h1[tabindex]') ?? within.querySelector<HTMLElement>('main');
}

export function focusPage(within: Document = document) {
  place(within)?.focus({ preventScroll: true });
}

/** Watches over the focus. A row, a bar or a toast that leaves with the focus in it hands it on. */
export function keepFocus(within: Document) {
  let last: Element | null = null;
  const lost = () => {
    if (within.activeElement !== within.body || last === null || last.isConnected) return;
    last = null;
    focusPage(within);
  };
  within.addEventListener('focusin', (event) => (last = event.target as Element));
  // Some browsers tell that an element left with the focus, in others the next key finds it gone.
  within.addEventListener('focusout', () => queueMicrotask(() => setTimeout(lost)));
  within.addEventListener('keydown', lost, true);
}
