// A contact as far as its line in the list tells: what there is of a card that was never opened on this device.
import type { Contact, Summary } from '@/api/types';

export function sketch(line: Summary): Contact {
  const members = (prefix: string, member: string, values: readonly string[]) => Object.fromEntries(values.map((value, at) => [`${prefix}${at + 1}`, { [member]: value }]));
  return {
    id: line.id, book: line.book, kind: line.kind, uid: line.uid ?? '', revision: line.revision, modseq: line.modseq, labels: [...line.labels], starred: line.starred, hidden: line.hidden,
    created_at: line.updated_at, updated_at: line.updated_at, deleted_at: null,
    card: {
      '@type': 'Card', version: '1.0', name: { full: line.name }, emails: members('e', 'address', line.emails), phones: members('p', 'number', line.phones),
      ...(line.company ? { organizations: { o1: { name: line.company } } } : {}), ...(line.title ? { titles: { t1: { name: line.title } } } : {}),
    },
  };
}

/** The revision of a contact that the server does not have yet. */
export const NEW = 'new';

/** A new contact as it is until the server has it. Its place in the list is for the server to say: until then it comes last. */
export function newcomer(id: string, card: Contact['card'], line: Partial<Summary>, book: string, at: string): { contacts: string[]; made: { person: Summary; contact: Contact } } {
  const shared = { id, book, kind: 'individual', labels: line.labels ?? [], starred: false, hidden: false, modseq: 0, revision: NEW, updated_at: at };
  return {
    contacts: [id],
    made: {
      person: { emails: [], phones: [], company: null, title: null, photo: null, sort: { given: '', family: '', company: '' }, ...line, ...shared, name: line.name ?? '' },
      contact: { ...shared, uid: '', created_at: at, deleted_at: null, card },
    },
  };
}
