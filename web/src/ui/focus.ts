// Where the focus goes when what had it is gone: to the list of the page, else to its heading, never to nothing.

function place(within: Document): HTMLElement | null {
  return within.querySelector<HTMLElement>('main [role="grid"]') ?? within.querySelector<HTMLElement>('main h1[tabindex]') ?? within.querySelector<HTMLElement>('main');
}

export function focusPage(within: Document = document) {
  place(within)?.focus({ preventScroll: true });
}

/** Watches over the focus. A row, a bar or a toast that leaves with the focus in it hands it on. */
export function keepFocus(within: Document) {
  let last: HTMLElement | null = null;
  // A button that is busy cannot have the focus: it gets it back, or the page does when the button has left.
  const busy = new MutationObserver(() => {
    const waits = within.activeElement === within.body;
    if (waits && last?.isConnected && last.matches(':disabled')) return;
    busy.disconnect();
    if (waits && last?.isConnected) last.focus({ preventScroll: true });
    else lost();
  });
  function lost() {
    if (within.activeElement !== within.body || last === null) return;
    if (last.isConnected) {
      if (last.matches(':disabled')) busy.observe(within.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    } else {
      last = null;
      focusPage(within);
    }
  }
  within.addEventListener('focusin', (event) => (last = event.target as HTMLElement));
  // Some browsers tell that an element left with the focus, in others the next key finds it gone.
  within.addEventListener('focusout', () => setTimeout(lost));
  within.addEventListener('keydown', lost, true);
}
