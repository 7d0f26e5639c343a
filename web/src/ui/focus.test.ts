import { afterEach, describe, expect, it, vi } from 'vitest';
import { focusPage, keepFocus } from './focus';

afterEach(() => {
  document.body.innerHTML = '';
});

describe('the focus', () => {
  it('goes to the list, else to the heading, else to the page', () => {
    document.body.innerHTML = '<main tabindex="-1"><h1 tabindex="-1">Bin</h1><div role="grid" tabindex="0"></div></main>';
    focusPage();
    expect(document.activeElement?.getAttribute('role')).toBe('grid');
    document.querySelector('[role="grid"]')!.remove();
    focusPage();
    expect(document.activeElement?.tagName).toBe('H1');
    document.querySelector('h1')!.remove();
    focusPage();
    expect(document.activeElement?.tagName).toBe('MAIN');
  });

  it('is handed on when its place leaves, and stays where it is otherwise', async () => {
    keepFocus(document);
    document.body.innerHTML = '<main><h1 tabindex="-1">Bin</h1><button id="a">Put back</button><button id="b">Empty</button></main>';
    const [first, second] = [document.getElementById('a')!, document.getElementById('b')!];
    first.focus();
    second.focus();
    first.remove();
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab' }));
    expect(document.activeElement).toBe(second);
    second.remove();
    second.blur();
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab' }));
    await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H1'));
  });

  it('waits for a button that is busy, and follows when it leaves', async () => {
    keepFocus(document);
    document.body.innerHTML = '<main><h1 tabindex="-1">Bin</h1><button>Put back</button></main>';
    const button = document.querySelector('button')!;
    const busy = async () => {
      button.focus();
      button.blur();
      button.disabled = true;
      await new Promise((go) => setTimeout(go));
      expect(document.activeElement).toBe(document.body);
    };
    await busy();
    button.disabled = false;
    await vi.waitFor(() => expect(document.activeElement).toBe(button));
    await busy();
    button.remove();
    await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H1'));
  });
});
