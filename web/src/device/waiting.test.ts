import { describe, expect, it } from 'vitest';
import type { Contact } from '@/api/types';
import { person } from '@/contact/people.fixture';
import { formOf } from '@/contact/form';
import { again, untouched } from './again';
import { newcomer } from './sketch';
import { draftOf, judged, mergePatch, nextOf, over, patched, renamed, revised, type Waiting } from './waiting';

let seq = 0;
function waits(more: Partial<Waiting> & { contacts: readonly string[] }): Waiting {
  seq += 1;
  return { seq, account: 'a', key: `k${seq}`, at: 0, what: 'edit', name: 'Ann', shown: {}, state: 'waiting', call: { method: 'PATCH', path: `/v1/contacts/${more.contacts[0]}`, revision: 'r1', body: { card: {} } }, ...more };
}
const contact = (card: Record<string, unknown>, revision = 'r1'): Contact => ({ id: '1', book: 'b', kind: 'individual', uid: 'u', revision, modseq: 1, labels: [], starred: false, hidden: false, created_at: '', updated_at: '', deleted_at: null, card });
const typed = (card: Record<string, unknown>, before: Record<string, unknown>, revision: string | null = 'r1') => ({ form: formOf(card), before: formOf(before), labels: [], revision });

describe('a change that waits', () => {
  it('shows on the line: gone, set, labels on and off, twice as once', () => {
    const ann = person({ id: '1', name: 'Ann', labels: ['x', 'y'] });
    const shown = { set: { starred: true }, labels: { on: ['z'], off: ['x'] } };
    const once = over(shown, ann)!;
    expect(once).toMatchObject({ name: 'Ann', starred: true, labels: ['y', 'z'] });
    expect(over(shown, once)).toEqual(once);
    expect(over({ gone: true }, ann)).toBeNull();
  });

  it('patches as the server does (RFC 7396, appendix A)', () => {
    const cases: [unknown, unknown, unknown][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }], [{ a: 'b' }, { a: null }, {}], [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }], [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }], [['a', 'b'], ['c', 'd'], ['c', 'd']], [{ a: 'b' }, ['c'], ['c']], [{ e: null }, { a: 1 }, { e: null, a: 1 }], [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, result] of cases) expect(mergePatch(target, patch)).toEqual(result);
  });

  it('lies on the card it was made on, and on no other version of it', () => {
    const edit = waits({ contacts: ['1'], call: { method: 'PATCH', path: '', revision: 'r1', body: { card: { name: { full: 'Anna' } }, labels: ['l'] } } });
    expect(patched(contact({ name: { full: 'Ann' } }), [edit])).toMatchObject({ card: { name: { full: 'Anna' } }, labels: ['l'] });
    const label = waits({ contacts: ['1'], what: 'label', shown: { labels: { on: ['m'], off: ['l'] } } });
    expect(patched(contact({}), [edit, label]).labels).toEqual(['m']);
    expect(patched(contact({ name: { full: 'Annika' } }, 'r2'), [edit]).card).toEqual({ name: { full: 'Annika' } });
    expect(patched(contact({ name: { full: 'Ann' } }), [{ ...edit, contacts: ['2'] }]).card).toEqual({ name: { full: 'Ann' } });
  });
});

describe('the queue', () => {
  it('goes in its order, and nothing passes an edit of the same contact that needs a look', () => {
    const [one, two, three] = [waits({ contacts: ['1'] }), waits({ contacts: ['1'] }), waits({ contacts: ['2'] })];
    expect(nextOf([one, two, three])).toBe(one);
    const held = { ...one, state: 'conflict' as const, draft: typed({}, {}) };
    expect(nextOf([held, two, three])).toBe(three);
    expect(nextOf([held, two])).toBeUndefined();
    // A star that was refused holds up nobody.
    expect(nextOf([{ ...one, what: 'star', state: 'refused' }, two])).toBe(two);
  });

  it('what was made on top of a change names the revision that one led to', () => {
    const [edit, bin, batch, other] = [
      waits({ contacts: ['1'], draft: typed({}, {}) }), waits({ contacts: ['1'], what: 'delete', call: { method: 'DELETE', path: '/v1/contacts/1', revision: 'r1' } }),
      waits({ contacts: ['1', '2'], what: 'delete', call: { method: 'POST', path: '/v1/batches', body: { items: [{ op: 'delete', contact: '1', revision: 'r1' }, { op: 'delete', contact: '2', revision: 'r1' }] } } }), waits({ contacts: ['2'] }),
    ];
    const next = revised([edit, bin, batch, other], '1', 'r1', 'r2');
    expect(next.map((one) => [one.seq, one.call.revision, one.draft?.revision])).toEqual([[edit.seq, 'r2', 'r2'], [bin.seq, 'r2', undefined], [batch.seq, undefined, undefined]]);
    expect(next[2]!.call.body).toEqual({ items: [{ op: 'delete', contact: '1', revision: 'r2' }, { op: 'delete', contact: '2', revision: 'r1' }] });
    // Somebody else's version came between: it stays as it was, and the server will say so.
    expect(revised([{ ...edit, call: { ...edit.call, revision: 'r0' } }], '1', 'r1', 'r2')).toEqual([]);
  });

  it('what was done to a new contact goes to the id the server gave it', () => {
    const star = waits({ contacts: ['here'], what: 'star', call: { method: 'PUT', path: '/v1/contacts/here/star' } });
    const batch = waits({ contacts: ['here', '2'], what: 'label', call: { method: 'POST', path: '/v1/batches', body: { items: [{ op: 'label', contact: 'here', label: 'l' }, { op: 'label', contact: '2', label: 'l' }] } } });
    const [first, second] = renamed([star, batch, waits({ contacts: ['2'] })], 'here', 'there');
    expect([first!.contacts, first!.call.path]).toEqual([['there'], '/v1/contacts/there/star']);
    expect(second!.call.body).toEqual({ items: [{ op: 'label', contact: 'there', label: 'l' }, { op: 'label', contact: '2', label: 'l' }] });
  });

  it('an edit on top of a waiting one changes the value that one changed, though it has another id since', () => {
    const [old, first, second] = [{ notes: { n1: { note: 'old' } } }, { notes: { n1: { note: 'first' } } }, { notes: { n1: { note: 'second' } } }];
    const one = waits({ contacts: ['1'], call: { method: 'PATCH', path: '', revision: 'r2', body: { card: { notes: { n1: { note: 'second' } } } } }, draft: typed(second, first) });
    const now = contact({ notes: { n2: { note: 'first' } } }, 'r2');
    expect(again(one, now).call.body).toEqual({ card: { notes: { n2: { note: 'second' } } } });
    // The control: left as it was, it would have added a second note.
    expect(mergePatch(now.card, one.call.body!.card)).toEqual({ notes: { n1: { note: 'second' }, n2: { note: 'first' } } });
    expect(old.notes.n1.note).toBe('old');
  });

  it('a label put on meanwhile is no conflict, another name is, and so is a label that the edit itself is about', () => {
    const before = { name: { full: 'Ann' }, notes: { n1: { note: 'old' } } };
    const edit = waits({ contacts: ['1'], draft: typed({ ...before, notes: { n1: { note: 'new' } } }, before) });
    expect(untouched(edit, { ...contact(before, 'r2'), labels: ['l'] })).toBe(true);
    expect(untouched(edit, contact({ ...before, notes: { n2: { note: 'theirs' } } }, 'r2'))).toBe(false);
    expect(untouched({ ...edit, call: { ...edit.call, body: { card: {}, labels: ['x'] } } }, { ...contact(before, 'r2'), labels: ['l'] })).toBe(false);
  });

  it('several edits that are held become one draft: from how the form was at first to how it was left', () => {
    const one = waits({ contacts: ['1'], state: 'conflict', draft: typed({ name: { full: 'b' } }, { name: { full: 'a' } }, 'r1') });
    const two = waits({ contacts: ['1'], draft: typed({ name: { full: 'c' } }, { name: { full: 'b' } }, 'r1') });
    const draft = draftOf([one, two, waits({ contacts: ['2'] })], '1')!;
    expect([draft.form, draft.before, draft.revision]).toEqual([two.draft!.form, one.draft!.before, 'r1']);
    expect(draftOf([waits({ contacts: ['1'] })], '1')).toBeNull();
  });
});

describe('an answer', () => {
  const edit = waits({ contacts: ['1'] });
  it('tells done, later, refused and conflict apart', () => {
    expect(judged(edit, 200, contact({}, 'r2'), null)).toMatchObject({ is: 'done', revisions: new Map([['1', 'r2']]) });
    for (const status of [401, 408, 429, 500, 503]) expect(judged(edit, status, {}, '7'), `${status}`).toEqual({ is: 'later', afterMs: 7000 });
    expect(judged(edit, 412, { detail: 'It moved on.' }, null)).toEqual({ is: 'conflict', why: 'It moved on.' });
    for (const status of [400, 403, 404, 413, 422]) expect(judged(edit, status, { detail: 'No.' }, null), `${status}`).toEqual({ is: 'refused', why: 'No.' });
  });
  it('that may be an echo of the change’s own first arrival is asked for once more', () => {
    const left = { ...edit, left: true as const };
    expect(judged(left, 412, {}, null)).toMatchObject({ is: 'later', doubted: true });
    expect(judged({ ...left, doubted: true }, 412, {}, null)).toMatchObject({ is: 'conflict' });
  });
  it('of a batch counts those that stayed, and is a refusal where all did', () => {
    const batch = waits({ contacts: ['1', '2'], call: { method: 'POST', path: '/v1/batches', body: { items: [{ contact: '1' }, { contact: '2' }] } } });
    expect(judged(batch, 200, { items: [{ status: 200, revision: 'r2' }, { status: 412, error: { detail: 'It moved on.' } }] }, null)).toMatchObject({ is: 'done', left: 1, why: 'It moved on.', revisions: new Map([['1', 'r2']]) });
    expect(judged(batch, 200, { items: [{ status: 404, error: { detail: 'Gone.' } }, { status: 404 }] }, null)).toEqual({ is: 'refused', why: 'Gone.' });
  });
});

it('a new contact has a line and a card before the server has it', () => {
  const { contacts, made } = newcomer('here', { name: { full: 'Ann' } }, { name: 'Ann', emails: ['a@x.example'] }, 'b', '2026-11-21T12:00:00Z');
  expect(contacts).toEqual(['here']);
  expect([made.person.name, made.person.emails, made.person.revision, made.contact.card]).toEqual(['Ann', ['a@x.example'], made.contact.revision, { name: { full: 'Ann' } }]);
});
