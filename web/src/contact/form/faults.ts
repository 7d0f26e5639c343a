// What needs a look before saving, by field; and where a refusal of the server belongs.
import type { ContactForm, DateParts, JobLine, List, Line } from './shape';
import { isEmpty, isEmptyDate, LISTS } from './shape';

export type Fault = 'mailAt' | 'mailDot' | 'noSuchDay' | 'dayWithoutMonth' | 'noSuchYear' | 'nothing' | 'noDigits' | 'noLabel';

function mailFault(address: string): Fault | null {
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1) return 'mailAt';
  return /[^.]\.[^.]+$/.test(address.slice(at + 1)) ? null : 'mailDot';
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function dateFault({ day, month, year }: DateParts): Fault | null {
  if (!day.trim() && !month.trim() && !year.trim()) return null;
  if (day.trim() && !month.trim()) return 'dayWithoutMonth';
  if (year.trim() && !/^\d{4}$/.test(year.trim())) return 'noSuchYear';
  const most = DAYS[Number(month) - 1] ?? 31;
  const leap = !year.trim() || (Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0));
  const last = Number(month) === 2 && !leap ? 28 : most;
  if (day.trim() && (!/^\d{1,2}$/.test(day.trim()) || Number(day) < 1 || Number(day) > last)) return 'noSuchDay';
  return null;
}

const differs = (before: DateParts | undefined, after: DateParts) => before?.day !== after.day || before.month !== after.month || before.year !== after.year;

/** What needs a look before saving, by field. Only what was changed is judged: what came in from elsewhere is never in the way. */
export function faultsOf(before: ContactForm, after: ContactForm): Map<string, Fault> {
  const faults = new Map<string, Fault>();
  const judge = (kind: 'emails' | 'phones' | 'custom', fault: (line: Line) => Fault | null) => {
    for (const line of after[kind]) {
      const old = before[kind].find((one) => one.id === line.id && line.id !== null);
      const found = line.value.trim() && (old?.value !== line.value || old.label !== line.label) ? fault(line) : null;
      if (found) faults.set(`${kind}/${line.key}`, found);
    }
  };
  judge('emails', (line) => mailFault(line.value.trim()));
  judge('phones', (line) => (/[\d٠-٩۰-۹०-९０-９]/.test(line.value) ? null : 'noDigits'));
  judge('custom', (line) => (line.label.trim() ? null : 'noLabel'));
  const birthday = differs(before, after) ? dateFault(after) : null;
  if (birthday) faults.set('birthday', birthday);
  for (const line of after.dates) {
    const fault = differs(before.dates.find((one) => one.id === line.id && line.id !== null), line) ? dateFault(line) : null;
    if (fault) faults.set(`dates/${line.key}`, fault);
  }
  if (isNothing(after)) faults.set('name', 'nothing');
  return faults;
}

function isNothing(form: ContactForm): boolean {
  const texts = [form.prefix, form.given, form.given2, form.surname, form.suffix];
  return texts.every((text) => !text.trim()) && isEmptyDate(form) && LISTS.every((kind) => (form[kind] as ContactForm[List][number][]).every((line) => isEmpty(kind, line)));
}

const SINGLES: Readonly<Record<string, string>> = { name: 'name', 'rolo:fileAs': 'fileAs', 'rolo:gender': 'gender' };
const LIST_OF: Readonly<Record<string, List>> = {
  anniversaries: 'dates', relatedTo: 'relations', onlineServices: 'services', 'rolo:customFields': 'custom', organizations: 'jobs', titles: 'jobs', preferredLanguages: 'languages', personalInfo: 'interests', speakToAs: 'pronouns',
};

/** The field a refusal belongs to, from the JSON pointer the server names; nothing when no field shows it. */
export function fieldOf(pointer: string, form: ContactForm, isKnown: (kind: string, id: string) => boolean): string | null {
  const [root, name = '', ...path] = pointer.replace(/^\//, '').split('/').map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  if (root !== 'card') return null;
  if (name === '' || SINGLES[name]) return SINGLES[name] ?? 'name';
  const id = (name === 'speakToAs' ? path[1] : path[0]) ?? '';
  const kind = LIST_OF[name] ?? (name as List);
  if (!LISTS.includes(kind)) return null;
  const lines = form[kind] as { id: string | null; key: number }[];
  const line = kind === 'jobs' ? jobAt(name, id, form) : lines.find((one) => one.id === id) ?? freshLine(name, kind, id, form, isKnown);
  return line ? `${kind}/${line.key}` : kind === 'dates' ? 'birthday' : null;
}

/** A job is made of several members; what belongs to none that was there belongs to the first new one. */
function jobAt(name: string, id: string, form: ContactForm) {
  const own = (job: JobLine) => (name === 'organizations' ? job.of.organization === id : job.of.title === id || job.of.role === id);
  return form.jobs.find(own) ?? form.jobs.find((job) => job.id === null && !isEmpty('jobs', job)) ?? form.jobs[0];
}

/** New lines are called n1, n2… in the order they stand; empty ones are not sent. */
function freshLine(name: string, kind: List, id: string, form: ContactForm, isKnown: (kind: string, id: string) => boolean) {
  const fresh = (form[kind] as ContactForm[List][number][]).filter((line) => line.id === null && !isEmpty(kind, line));
  const ids: string[] = [];
  for (let n = 1; ids.length < fresh.length; n += 1) if (!isKnown(name, `n${n}`)) ids.push(`n${n}`);
  return fresh[ids.indexOf(id)];
}
