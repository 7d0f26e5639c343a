import { expect, it } from 'vitest';
import { person } from './people.fixture';
import { bareUid, uidOf } from './uid';

it('knows a UID with and without urn:uuid:, and a UUID in any case', () => {
  expect(bareUid('urn:uuid:4C5F1E9A-0000-4000-8000-00000000000A')).toBe('4c5f1e9a-0000-4000-8000-00000000000a');
  expect(bareUid('Some-Thing@Else')).toBe('Some-Thing@Else');
  expect(uidOf(person({ id: 'a' }))).toBe('a');
  expect(uidOf(person({ id: 'a', uid: 'urn:uuid:x' }))).toBe('x');
});
