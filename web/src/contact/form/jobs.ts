// Jobs: a company with what somebody is there in one line. A title says at which company it is held; one that does not, in a
// card with a single such title, is held at the first.
import { members, OWN_PHONETIC, textOf, type Card, type Member } from '../card';
import { freshId } from './lines';
import { newJob, isEmptyJob, type JobLine } from './shape';

type Patch = Record<string, unknown>;
type Unit = { name?: string };

const HELD = ['title', 'role'] as const;
type Held = (typeof HELD)[number];
const heldAs = (member: Member): Held => (member.kind === 'role' ? 'role' : 'title');
const unitsOf = (member: Member | undefined) => (Array.isArray(member?.units) ? (member.units as Unit[]) : []);

export function jobsOf(card: Card): JobLine[] {
  const jobs = members(card, 'organizations').map(([id, member]): JobLine => ({
    ...newJob(), id, of: { organization: id }, company: textOf(member.name), phonetic: textOf(member[OWN_PHONETIC]),
    department: unitsOf(member).map((unit) => textOf(unit.name)).filter(Boolean).join(', '),
  }));
  const loose: [string, Member][] = [];
  const put = (job: JobLine, id: string, member: Member) => {
    const held = heldAs(member);
    job[held] = textOf(member.name);
    job.of[held] = id;
  };
  for (const [id, member] of members(card, 'titles')) {
    const job = jobs.find((one) => one.id === member.organizationId);
    if (job && !job.of[heldAs(member)]) put(job, id, member);
    else loose.push([id, member]);
  }
  for (const [id, member] of loose) {
    const first = jobs[0];
    if (first && first.id !== id && !first.of[heldAs(member)] && member.organizationId === undefined) put(first, id, member);
    else {
      const alone: JobLine = { ...newJob(), id };
      put(alone, id, member);
      jobs.push(alone);
    }
  }
  return jobs;
}

/** Departments from the top down: several only where there were several, for a comma may be part of one’s name. */
function unitsPatch(job: JobLine, known: Member | undefined): Unit[] | null {
  const old = unitsOf(known);
  const names = (old.length > 1 ? job.department.split(',') : [job.department]).map((name) => name.trim()).filter(Boolean);
  return names.length > 0 ? names.map((name) => old.find((unit) => unit.name === name) ?? { name }) : null;
}

const isAtCompany = (job: JobLine) => Boolean(job.company.trim() || job.department.trim() || job.phonetic.trim());

function companyPatch(job: JobLine, old: JobLine | undefined, known: Member | undefined): Patch {
  const change: Patch = {};
  const put = (name: string, value: unknown) => {
    if (value !== null || known?.[name] !== undefined) change[name] = value;
  };
  if ((old?.company ?? '') !== job.company) put('name', job.company.trim() || null);
  if ((old?.phonetic ?? '') !== job.phonetic) put(OWN_PHONETIC, job.phonetic.trim() || null);
  if ((old?.department ?? '') !== job.department) put('units', unitsPatch(job, known));
  return change;
}

export function jobsPatch(card: Card, before: readonly JobLine[], after: readonly JobLine[]): Patch {
  const [organizations, titles]: [Patch, Patch] = [{}, {}];
  const [takenOrganizations, takenTitles] = [new Set<string>(), new Set<string>()];
  const known = { organizations: new Map(members(card, 'organizations')), titles: new Map(members(card, 'titles')) };
  const jobs = after.filter((job) => !isEmptyJob(job));
  const several = jobs.filter(isAtCompany).length > 1;
  const kept = new Set<string>();

  for (const job of jobs) {
    const old = before.find((one) => one.id === job.id && one.id !== null);
    let at = old?.of.organization;
    const had = at;
    if (at && !isAtCompany(job)) {
      organizations[at] = null;
      at = undefined;
    } else if (isAtCompany(job)) {
      const change = companyPatch(job, at ? old : undefined, at ? known.organizations.get(at) : undefined);
      at ??= freshId(card, 'organizations', takenOrganizations);
      if (Object.keys(change).length > 0) organizations[at] = change;
    }
    if (had) kept.add(had);
    for (const held of HELD) {
      const name = job[held].trim();
      const id = old?.of[held];
      if (id) kept.add(id);
      if (!id) {
        if (name) titles[freshId(card, 'titles', takenTitles)] = { name, kind: held, ...(several && at ? { organizationId: at } : {}) };
      } else if (!name) titles[id] = null;
      else {
        const change: Patch = { ...(old[held] !== job[held] ? { name } : {}) };
        if (had && !at && known.titles.get(id)?.organizationId !== undefined) change.organizationId = null;
        else if (at && !had && several) change.organizationId = at;
        if (Object.keys(change).length > 0) titles[id] = change;
      }
    }
  }
  for (const old of before) {
    if (old.of.organization && !kept.has(old.of.organization)) organizations[old.of.organization] = null;
    for (const held of HELD) if (old.of[held] && !kept.has(old.of[held])) titles[old.of[held]] = null;
  }
  return {
    ...(Object.keys(organizations).length > 0 ? { organizations } : {}), ...(Object.keys(titles).length > 0 ? { titles } : {}),
  };
}
