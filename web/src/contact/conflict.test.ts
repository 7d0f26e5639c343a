import { describe, expect, it } from 'vitest';
import { dropAllDrafts, keepDraft, readDraft } from './draft';
import { formOf, newLine, patchOf } from './form';
import { conflictsOf, rebased } from './conflict';

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
    expect(merged.notes.map((line) => line.value)).toEqual(['theirs']);
    expect(merged.emails.map((line) => line.value)).toEqual(['mine@x.example', 'theirs@x.example', 'extra@x.example']);
  });
  it('asks only where both changed the same thing, and does as it is told', () => {
    const before = formOf(card);
    const mine = structuredClone(before);
    Object.assign(mine, { given: 'Anna', day: '1', month: '2' });
    mine.notes[0]!.value = 'mine';
    mine.emails[0]!.value = 'mine@x.example';
    // The server names an edited value anew.
    const newest = formOf({ ...card, name: { components: [{ kind: 'given', value: 'Annika' }] }, emails: { c: { address: 'theirs@x.example' }, b: card.emails.b } });
    const asked = conflictsOf(before, mine, newest);
    expect(asked.map((one) => one.key)).toEqual(['given', 'emails/a']);
    expect(asked[1]).toMatchObject({ mine: { value: 'mine@x.example' }, theirs: { value: 'theirs@x.example' } });
    const theirs = rebased(before, mine, newest, new Map([['given', 'theirs'], ['emails/a', 'theirs']]));
    expect([theirs.given, theirs.notes[0]!.value, theirs.day, theirs.emails.map((line) => line.value)]).toEqual(['Annika', 'mine', '1', ['theirs@x.example', 'b@x.example']]);
    const own = rebased(before, mine, newest, new Map([['given', 'mine'], ['emails/a', 'mine']]));
    expect([own.given, own.emails.map((line) => [line.id, line.value])]).toEqual(['Anna', [['c', 'mine@x.example'], ['b', 'b@x.example']]]);
  });
  it('asks when one took out what the other changed, and not when both did the same', () => {
    const before = formOf(card);
    const mine = structuredClone(before);
    mine.emails.shift();
    const newest = formOf({ ...card, emails: { c: { address: 'theirs@x.example' }, b: card.emails.b } });
    expect(conflictsOf(before, mine, newest)).toMatchObject([{ key: 'emails/a', mine: null, theirs: { value: 'theirs@x.example' } }]);
    expect(rebased(before, mine, newest, new Map([['emails/a', 'mine']])).emails.map((line) => line.id)).toEqual(['b']);
    expect(conflictsOf(before, mine, formOf({ ...card, emails: { b: card.emails.b } }))).toEqual([]);
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
