// Plain links within the app: one listener takes them over. A part of the router for each of them would cost the first paint
// more than the page itself.
import type { Router } from 'vue-router';

/** Goes on within the app where a click asks for one of its pages; all other clicks stay the browser's. */
export function follow(event: MouseEvent, router: Router) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="/"]:not([href^="//"])');
  if (!link || link.target || link.hasAttribute('download')) return;
  const to = router.resolve(link.getAttribute('href')!);
  // What is no page of the app, such as a file of the API, is the browser's.
  if (to.name === 'nowhere' || to.matched.length === 0) return;
  event.preventDefault();
  void router.push(to);
}
