// A number that is typed faster than the rules of the world's numbers arrive.
import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { createRolo, provideRolo } from '@/rolo';
import PhoneField from './PhoneField.vue';
import * as phone from './phone';

const { loadNumbers } = phone;

afterEach(() => {
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

/** A field whose rules arrive when the test says so. */
function field(stands: string) {
  let arrive!: () => Promise<void>;
  vi.spyOn(phone, 'loadNumbers').mockReturnValue(new Promise((go) => (arrive = async () => { go(await loadNumbers()); await flushPromises(); })));
  const rolo = createRolo({ fetch: async () => Response.json({}), origin: 'http://rolo.test', now: () => 0, shift: () => 0 });
  const view = mount(PhoneField, {
    attachTo: document.body,
    props: { name: 'Phone', region: 'IE', modelValue: stands, 'onUpdate:modelValue': (value: string) => view.setProps({ modelValue: value }) },
    global: { plugins: [{ install: (app) => provideRolo(app, rolo) }] },
  });
  const input = view.get('input').element;
  const type = async (value: string, caret = value.length, inputType = 'insertText') => {
    input.value = value;
    input.setSelectionRange(caret, caret);
    input.dispatchEvent(new InputEvent('input', { inputType }));
    await flushPromises();
  };
  return { view, input, type, arrive };
}

it('groups what was typed before the rules were there', async () => {
  const { view, input, type, arrive } = field('');
  await type('+353915550142');
  expect(input.value).toBe('+353915550142');
  await arrive();
  expect([input.value, view.props('modelValue')]).toEqual(['+353 91 555 0142', '+353 91 555 0142']);
});
it('leaves what already stood there, what is taken out, and a number that is being changed in its middle', async () => {
  const stood = field('+353915550142');
  await stood.arrive();
  expect(stood.input.value).toBe('+353915550142');
  const shorter = field('');
  await shorter.type('+35391555');
  await shorter.type('+3539155', 8, 'deleteContentBackward');
  await shorter.arrive();
  expect(shorter.input.value).toBe('+3539155');
  const middle = field('');
  await middle.type('+353915550142', 4);
  await middle.arrive();
  expect(middle.input.value).toBe('+353915550142');
});
