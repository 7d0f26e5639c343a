// What the server left in the page, and what was done to the page before it was alive.
import { afterEach, describe, expect, it } from 'vitest';
import { createChoice } from '@/device/choice';
import { createFirst } from './answers';
import { dropState, readState, readTyped, readWish } from './state';

afterEach(() => {
  document.body.innerHTML = '';
  localStorage.clear();
});

describe('the state of a drawn page', () => {
  it('is read once and leaves no text of the book behind', () => {
    document.body.innerHTML = '<div id="app"></div><script type="application/json" id="rolo-state">{"answers":{"/v1/account":{"status":200,"body":{"name":"\\u003c/script>"}}},"visit":{"now":7,"secure":true}}</script>';
    expect(readState(document)?.answers['/v1/account']?.body).toEqual({ name: '</script>' });
    dropState(document);
    expect(readState(document)).toBeUndefined();
    expect(document.documentElement.outerHTML).not.toContain('/v1/account');
  });

  it('is not there on a page of the browser', () => {
    expect(readState(document)).toBeUndefined();
    const first = createFirst();
    expect([first.going.value, first.answer('/v1/account'), first.typed('email')]).toEqual([false, undefined, undefined]);
  });

  it('is used up once the page stands', () => {
    const first = createFirst({ answers: { a: { status: 200, body: 1 }, b: { status: 404, body: { detail: 'gone' } } }, visit: { now: 7, secure: false } }, { email: 'a@b.example' });
    expect([first.answer('a'), first.answer('b'), first.refusal('b')?.detail, first.refusal('a'), first.typed('email'), first.now()]).toEqual([1, undefined, 'gone', undefined, 'a@b.example', 7]);
    first.end();
    expect([first.going.value, first.answer('a'), first.refusal('b'), first.typed('email')]).toEqual([false, undefined, undefined, undefined]);
  });

  it('what was typed early is read by the names of the fields', () => {
    document.body.innerHTML = '<div id="app"><input name="email"><input name="never" type="checkbox" checked><input></div>';
    document.querySelector('input')!.value = 'early@x.example';
    expect(readTyped(document)).toEqual({ email: 'early@x.example' });
  });

  it('the wish that nothing is kept here, sent with the form alone, is taken up once', () => {
    const choice = createChoice(localStorage);
    readWish(document, choice);
    expect(choice.keeps()).toBe(true);
    document.cookie = 'rolo-device=no; Path=/';
    readWish(document, choice);
    expect([choice.keeps(), document.cookie.includes('rolo-device=no')]).toEqual([false, false]);
  });
});
