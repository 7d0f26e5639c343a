import { describe, expect, it } from 'vitest';
import { dropAllDrafts, keepDraft, readDraft } from './draft';
import { formOf, newLine, patchOf } from './form';
import { rebased } from './useContactForm';

const card = { name: { components: [{ kind: 'given', value: 'Ann' }] }, emails: { a: { address: 'a@x.example' }, b: { address: 'b@x.example' } }, notes: { n: { note: 'old' } } };

describe('what was typed, on a newer version', () => {
  it('keeps mine where I typed and theirs where I did not', () => {
    const before = formOf(card);
    const mine = structuredClone(before);
    mine.given = 'Anna';
    mine.emails[0]!.value = 'mine@x.example';
    mine.emails.push({ ...newLine('work'), value: 'extra@x.example' });
    const newest = formOf({ ...card, notes: { n: { note: 'theirs' } }, emails: { a: card.emails.a, b: { address: 'theirs@x.example' } } });
    const merged = rebased(before, mine, newest);
    expect(merged.given).toBe('Anna');
    expect(merged.notes).toBe('theirs');
    expect(merged.emails.map((line) => line.value)).toEqual(['mine@x.example', 'theirs@x.example', 'extra@x.example']);
  });
  it('takes up a line they removed only when I had typed in it', () => {
    const before = formOf(card);
    const mine = structuredClone(before);
    mine.emails[0]!.value = 'mine@x.example';
    const merged = rebased(before, mine, formOf({ ...card, emails: {} }));
    expect(merged.emails.map((line) => [line.id, line.value])).toEqual([[null, 'mine@x.example']]);
    expect(patchOf(formOf({ ...card, emails: {} }), merged, { ...card, emails: {} })).toEqual({ emails: { n1: { address: 'mine@x.example' } } });
  });
});

describe('a draft', () => {
  it('comes back as it was, and survives rubbish in the store', () => {
    const form = formOf(card);
    keepDraft(localStorage, '1', { form, revision: 'r1' });
    expect(readDraft(localStorage, '1')).toEqual({ form, revision: 'r1' });
    localStorage.setItem('rolo.draft.2', '{"form":');
    localStorage.setItem('rolo.draft.3', '{"form":{}}');
    expect([readDraft(localStorage, '2'), readDraft(localStorage, '3'), readDraft(localStorage, '4')]).toEqual([null, null, null]);
    dropAllDrafts(localStorage);
    expect(localStorage.length).toBe(0);
  });
});
