// A person for tests: what is not said is empty.
import type { Summary } from '@/api/types';

export function person(said: Partial<Summary> & { id: string }): Summary {
  const name = said.name ?? '';
  const key = [...name.toLowerCase()].map((letter) => letter.codePointAt(0)!.toString(16).padStart(5, '0')).join('');
  return Object.freeze({
    book: 'b', kind: 'individual', name, sort: { given: key, family: key, company: '' }, emails: [], phones: [], company: null,
    title: null, labels: [], starred: false, hidden: false, photo: null, updated_at: '2026-11-21T00:00:00Z', modseq: 1, revision: 'r',
    ...said,
  });
}
