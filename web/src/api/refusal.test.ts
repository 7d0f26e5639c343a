import { expect, it } from 'vitest';
import { Refusal } from './refusal';

it('tells what is wrong at the field it is wrong at', () => {
  const one = Refusal.from(422, { status: 422, title: 'Not taken', detail: 'This is not the code in the console.', field: '/code' });
  expect(one.fields).toEqual({ code: 'This is not the code in the console.' });
  const several = Refusal.from(422, { status: 422, title: 'Not taken', errors: [{ field: '/email', why: 'No address.' }, { field: '/card/emails/e1', why: 'No.' }] });
  expect(several.fields).toEqual({ email: 'No address.', 'card/emails/e1': 'No.' });
  expect(Refusal.from(422, { field: 'limit', detail: 'Too many.' }).fields).toEqual({ limit: 'Too many.' });
  expect(Refusal.from(503, 'not JSON').fields).toEqual({});
});
