// Two people changed one contact: what was typed here, put on top of the newer version. A field only one of them touched
// needs no question; where both did, each side is shown and the person chooses.
import { isEmpty, LISTS, withReady, type ContactForm, type List, type Single } from './form';

type AnyLine = ContactForm[List][number];
export type Side = 'mine' | 'theirs';

export interface Conflict {
  key: string;
  /** The field of the form, or the list the line is in. */
  field: Single | List | 'birthday';
  /** What each side says; null: it was taken out. */
  mine: unknown;
  theirs: unknown;
}

const bare = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const { key: _, id: _id, of: _of, ...rest } = value as Record<string, unknown>;
  return JSON.stringify(rest);
};
const same = (a: unknown, b: unknown) => bare(a) === bare(b);

const BIRTHDAY: readonly Single[] = ['day', 'month', 'year'];
const birthdayOf = ({ day, month, year }: ContactForm) => ({ day, month, year });

interface Twin {
  before: AnyLine;
  mine: AnyLine | undefined;
  theirs: AnyLine | undefined;
}

/** Each line of the old version with what became of it on both sides. An edited value has a new id: it is found by its place. */
function twins(was: readonly AnyLine[], mine: readonly AnyLine[], now: readonly AnyLine[]): { twins: Twin[]; added: AnyLine[] } {
  // A field that only waits to be filled is no line of the card.
  const [before, newest] = [was.filter((line) => line.id !== null), now.filter((line) => line.id !== null)];
  const fresh = newest.filter((line) => !before.some((one) => one.id === line.id));
  const stayed = new Set(newest.map((line) => line.id));
  const gone = before.filter((line) => !stayed.has(line.id));
  // As many new ones as are gone, in their order: those were edited. What is more was added, what is less was taken out.
  const edited = new Map(gone.map((line, at) => [line.id, fresh[at]] as const));
  return {
    twins: before.map((line) => ({
      before: line, mine: mine.find((one) => one.id === line.id), theirs: newest.find((one) => one.id === line.id) ?? edited.get(line.id),
    })),
    added: fresh.slice(gone.length),
  };
}

/** Where both sides changed the same thing differently. */
export function conflictsOf(before: ContactForm, mine: ContactForm, newest: ContactForm): Conflict[] {
  const found: Conflict[] = [];
  for (const field of Object.keys(before) as (keyof ContactForm)[]) {
    if ((LISTS as readonly string[]).includes(field) || BIRTHDAY.includes(field as Single)) continue;
    const [was, my, their] = [before[field], mine[field], newest[field]];
    if (my !== was && their !== was && my !== their) found.push({ key: field, field: field as Single, mine: my, theirs: their });
  }
  const [was, my, their] = [birthdayOf(before), birthdayOf(mine), birthdayOf(newest)];
  if (!same(my, was) && !same(their, was) && !same(my, their)) found.push({ key: 'birthday', field: 'birthday', mine: my, theirs: their });
  for (const field of LISTS) {
    for (const twin of twins(before[field], mine[field], newest[field]).twins) {
      const iDid = !twin.mine || !same(twin.mine, twin.before);
      const theyDid = !twin.theirs || !same(twin.theirs, twin.before);
      const agree = twin.mine && twin.theirs ? same(twin.mine, twin.theirs) : !twin.mine && !twin.theirs;
      if (iDid && theyDid && !agree) found.push({ key: `${field}/${twin.before.id}`, field, mine: twin.mine ?? null, theirs: twin.theirs ?? null });
    }
  }
  return found;
}

/** What was typed, moved to a newer version: a field left alone takes the newer value, one both changed takes the chosen side. */
export function rebased(before: ContactForm, mine: ContactForm, newest: ContactForm, choices: ReadonlyMap<string, Side> = new Map()): ContactForm {
  const chosen = (key: string) => choices.get(key) ?? 'mine';
  const next = structuredClone(newest);
  const into = next as unknown as Record<string, unknown>;
  const open = new Set(conflictsOf(before, mine, newest).map((one) => one.key));
  const keepsMine = (key: string) => !open.has(key) || chosen(key) === 'mine';
  for (const field of Object.keys(mine) as (keyof ContactForm)[]) {
    if ((LISTS as readonly string[]).includes(field) || BIRTHDAY.includes(field as Single)) continue;
    if (mine[field] !== before[field] && keepsMine(field)) into[field] = mine[field];
  }
  if (!same(birthdayOf(mine), birthdayOf(before)) && keepsMine('birthday')) Object.assign(next, birthdayOf(mine));
  for (const field of LISTS) into[field] = rebasedLines(field, before[field], mine[field], newest[field], (id) => keepsMine(`${field}/${id}`));
  return withReady(next);
}

/** Typed text, at home in the members of the newer version. */
const over = (typed: AnyLine, at: AnyLine | null): AnyLine => ({ ...typed, id: at?.id ?? null, ...('of' in typed ? { of: at && 'of' in at ? at.of : {} } : {}) }) as AnyLine;

function rebasedLines(kind: List, before: readonly AnyLine[], mine: readonly AnyLine[], newest: readonly AnyLine[], keepsMine: (id: string | null) => boolean): AnyLine[] {
  const { twins: all } = twins(before, mine, newest);
  const byTheirs = new Map(all.filter((twin) => twin.theirs).map((twin) => [twin.theirs!.id, twin]));
  const lines: AnyLine[] = [];
  for (const line of newest) {
    if (line.id === null) continue;
    const twin = byTheirs.get(line.id);
    const changed = twin && (!twin.mine || !same(twin.mine, twin.before));
    if (!twin || !changed || !keepsMine(twin.before.id)) lines.push(line);
    else if (twin.mine) lines.push(over(twin.mine, line));
  }
  // A line whose member is gone meanwhile was still worth typing: it comes back as a new one.
  for (const twin of all) if (!twin.theirs && twin.mine && !same(twin.mine, twin.before) && keepsMine(twin.before.id)) lines.push(over(twin.mine, null));
  return [...lines, ...mine.filter((line) => line.id === null && !isEmpty(kind, line))];
}
