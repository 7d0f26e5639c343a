// Which clicks on plain links the app takes over.
import { mount } from '@vue/test-utils';
import { createMemoryHistory } from 'vue-router';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPages } from '@/router';
import { follow } from './links';

const there = (html: string) => {
  const router = createPages(createMemoryHistory());
  const gone: string[] = [];
  router.push = async (to) => void gone.push((to as { fullPath: string }).fullPath);
  const page = mount({ template: `<div>${html}</div>` }, { attachTo: document.body });
  page.element.addEventListener('click', (event: Event) => {
    follow(event as MouseEvent, router);
    // A real browser would leave the page.
    if (!event.defaultPrevented) gone.push('browser');
    event.preventDefault();
  });
  const click = (how: MouseEventInit = {}) => page.get('b').element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...how }));
  return { gone, click };
};
vi.spyOn(window, 'open').mockReturnValue(null);
afterEach(() => (document.body.innerHTML = ''));

describe('a plain link', () => {
  it.each(['/', '/labels/one', '/import', '/search?q=a%20b'])('to %s is followed within the app', (href) => {
    const { gone, click } = there(`<a href="${href}"><b>go</b></a>`);
    click();
    expect(gone).toEqual([href]);
  });
  it.each([
    '<a href="/v1/exports/one"><b>a file</b></a>', '<a href="https://rolo.example/"><b>elsewhere</b></a>', '<a href="//rolo.example/"><b>elsewhere</b></a>',
    '<a href="/import" target="_blank"><b>another tab</b></a>', '<a href="/import" download><b>kept</b></a>', '<a href="#main"><b>within</b></a>', '<b>no link</b>',
  ])('%s stays the browser’s', (html) => {
    const { gone, click } = there(html);
    click();
    expect(gone).toEqual(['browser']);
  });
  it.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])('clicked with %o stays the browser’s', (how) => {
    const { gone, click } = there('<a href="/import"><b>go</b></a>');
    click(how);
    expect(gone).toEqual(['browser']);
  });
});
