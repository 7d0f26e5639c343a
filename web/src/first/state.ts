// What the server left in the page for the browser to go on with.
import type { Choice } from '@/device/choice';
import type { FirstState, Typed } from './answers';

const ID = 'rolo-state';

/** The server's answers, if it drew this page. */
export function readState(page: Document): FirstState | undefined {
  const text = page.getElementById(ID)?.textContent;
  return text ? (JSON.parse(text) as FirstState) : undefined;
}

/** What was typed while the page was not alive yet: nothing of it may be lost. */
export function readTyped(page: Document): Typed {
  const fields = [...page.querySelectorAll<HTMLInputElement>('#app input[name]')].filter((field) => field.type !== 'checkbox' && field.type !== 'radio');
  return Object.fromEntries(fields.map((field) => [field.name, field.value]));
}

/** The form of the door was sent before the page was alive, with the wish that this device keeps nothing: it is taken up here. */
export function readWish(page: Document, choice: Choice) {
  if (!/(?:^|; )rolo-device=no(?:;|$)/.test(page.cookie)) return;
  choice.choose(false);
  page.cookie = 'rolo-device=; Max-Age=0; Path=/; SameSite=Lax';
}

/** The page is alive: nothing of the book lies in it as text any more. */
export function dropState(page: Document) {
  page.getElementById(ID)?.remove();
}
