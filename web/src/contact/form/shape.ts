// The fields of a contact as a person edits them. Each line knows the member of the card it came from.

export interface Line {
  /** The member's id in the card; null for a line that is new. */
  id: string | null;
  key: number;
  value: string;
  label: string;
}
export interface ServiceLine extends Line {
  /** What the account is at: “Matrix”, “Mastodon”. */
  service: string;
}
/** One job: the company, and what somebody is there. */
export interface JobLine {
  /** The company’s member, or the title’s where no company is named; null for a job that is new. */
  id: string | null;
  key: number;
  /** The members of the card it is made of. */
  of: { organization?: string; title?: string; role?: string };
  company: string;
  /** From the top down, with commas between them. */
  department: string;
  phonetic: string;
  title: string;
  role: string;
}
export interface PersonLine extends Line {
  /** The UID of the card this relation leads to; null for a name alone. */
  link: string | null;
}
export interface DateLine extends Omit<Line, 'value'>, DateParts {}
export interface AddressLine extends Omit<Line, 'value'> {
  street: string;
  extended: string;
  box: string;
  city: string;
  region: string;
  postcode: string;
  country: string;
  /** ISO 3166-1 alpha-2, where the country is a known one. */
  code: string;
}
/** Day, month and year as typed; any of them may be missing. */
export interface DateParts {
  day: string;
  month: string;
  year: string;
}
export interface ContactForm extends DateParts {
  prefix: string; given: string; given2: string; surname: string; suffix: string;
  phoneticGiven: string; phoneticGiven2: string; phoneticSurname: string; fileAs: string;
  gender: string;
  nicknames: Line[]; jobs: JobLine[];
  emails: Line[]; phones: Line[]; links: Line[]; addresses: AddressLine[];
  services: ServiceLine[]; dates: DateLine[]; relations: PersonLine[]; custom: Line[];
  pronouns: Line[]; languages: Line[]; interests: Line[];
  notes: Line[];
}

/** The kinds of which a contact may have several. */
export const LISTS = [
  'nicknames', 'jobs', 'emails', 'phones', 'addresses', 'dates', 'relations', 'links', 'services', 'custom', 'notes', 'pronouns', 'languages', 'interests',
] as const;
export type List = (typeof LISTS)[number];
/** The fields that are one text each. */
export type Single = Exclude<keyof ContactForm, List>;

let keys = 0;
export function newLine(label = ''): Line {
  keys += 1;
  return { id: null, key: keys, value: '', label };
}
export function newAddress(): AddressLine {
  const { value: _, ...line } = newLine('home');
  return { ...line, street: '', extended: '', box: '', city: '', region: '', postcode: '', country: '', code: '' };
}
export function newDate(label = 'anniversary'): DateLine {
  const { value: _, ...line } = newLine(label);
  return { ...line, day: '', month: '', year: '' };
}
export function newJob(): JobLine {
  const { id, key } = newLine();
  return { id, key, of: {}, company: '', department: '', phonetic: '', title: '', role: '' };
}
export const newPerson = (label = 'spouse'): PersonLine => ({ ...newLine(label), link: null });
export const newService = (): ServiceLine => ({ ...newLine(), service: '' });

const PARTS = ['street', 'extended', 'box', 'city', 'region', 'postcode', 'country'] as const;
export const isEmptyAddress = (line: AddressLine): boolean => PARTS.every((field) => line[field].trim() === '');
export const JOB_PARTS = ['company', 'department', 'phonetic', 'title', 'role'] as const;
export const isEmptyJob = (line: JobLine): boolean => JOB_PARTS.every((field) => line[field].trim() === '');
export const isEmptyDate = (date: DateParts): boolean => !date.day.trim() && !date.month.trim() && !date.year.trim();

/** Whether a line says nothing. */
export function isEmpty(kind: List, line: ContactForm[List][number]): boolean {
  if (kind === 'addresses') return isEmptyAddress(line as AddressLine);
  if (kind === 'dates') return isEmptyDate(line as DateLine);
  if (kind === 'jobs') return isEmptyJob(line as JobLine);
  return (line as Line).value.trim() === '';
}

/** Kinds nearly everybody has one of: their field waits, before anybody asked for it. */
const READY = { nicknames: newLine, jobs: newJob, notes: newLine } as const;
export function withReady(form: ContactForm): ContactForm {
  for (const kind of ['nicknames', 'jobs', 'notes'] as const) if (form[kind].length === 0) (form[kind] as ContactForm[List][number][]).push(READY[kind]());
  return form;
}
