// What a row of the list says of somebody, as plain values: the server draws fifty rows while somebody waits, and reads a
// value faster than it asks for one.
import type { Label, Summary } from '@/api/types';
import { labelHue } from '@/label/hue';
import type { Catalogue } from '@/locales/en';
import { marked } from '@/search';
import type { Column } from './columns';
import { calledIn } from './naming';

/** What all rows of a list have in common. */
export interface Shared {
  labels: ReadonlyMap<string, Label>;
  text: Catalogue;
  columns: readonly Column[];
  /** What is searched for. */
  query: string | undefined;
  /** Whether names are read with the family name in front. */
  familyFirst: boolean;
  /** Scripts are at work: what does nothing without them is drawn then. */
  alive: boolean;
}
/** A change of a contact that is not sent yet, in words; and whether it needs a look. */
export interface Waits {
  words: string;
  held: boolean;
}

/** The cells of the columns, by their classes. */
const LOOK: Record<Column, string> = {
  email: 'email second col', phone: 'phone second col num', company: 'company second col', title: 'title second col', updated: 'updated second col', labels: 'labels col',
};

/** `updated`: the moment of the last change in words, where that is a column. */
export function rowOf(person: Summary, { labels, text, columns, query, familyFirst }: Shared, updated: string | undefined) {
  // Only what a search found is cut into pieces: marked ones and others.
  const pieces = (value: string | null | undefined) => (query && value ? marked(value, query) : null);
  const name = calledIn(familyFirst, person) || text.contact.nameless;
  const job = text.contact.job(person.title, person.company);
  const label = person.labels.length > 0 ? labels.get(person.labels.find((id) => labels.has(id)) ?? '') : undefined;
  const values: Record<Column, string | null | undefined> = {
    email: person.emails[0], phone: person.phones[0], company: columns.includes('title') ? person.company : job, title: person.title, updated, labels: '',
  };
  return {
    name, found: pieces(name), beneath: job || person.phones[0], label: label && { name: label.name, hue: labelHue(label) },
    cells: columns.map((column) => ({ column, look: LOOK[column], value: values[column], found: column === 'email' || column === 'phone' ? pieces(values[column]) : null })),
  };
}
