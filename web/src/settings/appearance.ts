// How the account wants the window to look, put on the page itself: the style sheets do the rest.
import type { Settings } from '@/api/types';
import type { Catalogue } from '@/locales/en';

export function applyAppearance(root: HTMLElement, settings: Settings | undefined, text: Catalogue) {
  root.lang = text.language;
  // A test of the other direction may have turned the page already: only a language that says so turns it.
  if (text.direction === 'rtl') root.dir = 'rtl';
  if (!settings) return;
  if (settings.theme === 'light' || settings.theme === 'dark') root.dataset.theme = settings.theme;
  else delete root.dataset.theme;
  if (settings.density === 'compact') root.dataset.density = 'compact';
  else delete root.dataset.density;
}
