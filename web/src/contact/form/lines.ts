// The lists of a form as a merge patch: what was added, changed, emptied or taken out, and nothing else.
import { componentsOf, CUSTOM_FIELDS, INTERESTS, labelPatch, members, OWN_LABEL, textOf, type Card, type Component, type Labelled, type Member } from '../card';
import { relationMembers } from '../relation';
import { ADDRESS_PARTS, holderOf, TEXTS, type Texts } from './read';
import { isEmptyAddress, isEmptyDate, type AddressLine, type DateLine, type DateParts, type Line, type PersonLine, type ServiceLine } from './shape';

type Patch = Record<string, unknown>;

export function freshId(card: Card, kind: string, taken: Set<string>): string {
  const known = card[kind] as Record<string, unknown> | undefined;
  for (let n = 1; ; n += 1) {
    const id = `n${n}`;
    if (!known?.[id] && !taken.has(id)) {
      taken.add(id);
      return id;
    }
  }
}

/** Components with some kinds given new values; kinds the form does not know stay where they are. */
export function recomposed(old: readonly Component[], values: ReadonlyMap<string, string>): Component[] {
  const left = new Map(values);
  const next: Component[] = [];
  for (const component of old) {
    if (!values.has(component.kind)) next.push(component);
    else if (left.has(component.kind)) {
      const value = left.get(component.kind)!.trim();
      left.delete(component.kind);
      if (value) next.push({ ...component, value });
    }
  }
  for (const [kind, value] of left) if (value.trim()) next.push({ kind, value: value.trim() });
  return next;
}

interface Kind<T> {
  /** The member of the card that holds the list. */
  name: string;
  empty: (line: T) => boolean;
  /** A new member. */
  made: (line: T) => Patch;
  /** What differs in a member that was there. */
  changed: (line: T, old: T, member: Member) => Patch;
}

function listPatch<T extends { id: string | null }>(card: Card, kind: Kind<T>, before: readonly T[], after: readonly T[]): Patch {
  const patch: Patch = {};
  const taken = new Set<string>();
  const kept = new Set<string>();
  const known = new Map(members(card, kind.name));
  for (const line of after) {
    if (kind.empty(line)) continue;
    const old = line.id === null ? undefined : before.find((one) => one.id === line.id);
    if (line.id === null || !old) {
      patch[freshId(card, kind.name, taken)] = kind.made(line);
      continue;
    }
    kept.add(line.id);
    const change = kind.changed(line, old, known.get(line.id) ?? {});
    if (Object.keys(change).length > 0) patch[line.id] = change;
  }
  for (const old of before) if (old.id && !kept.has(old.id)) patch[old.id] = null;
  return Object.keys(patch).length > 0 ? { [kind.name]: patch } : {};
}

export function linesPatch(card: Card, kind: Texts, before: readonly Line[], after: readonly Line[]): Patch {
  const { name, value, labelled } = TEXTS[kind];
  const label = (line: Line, member: Member | undefined) => (labelled ? labelPatch(kind as Labelled, line.label, member) : {});
  const patch = listPatch<Line>(holderOf(card, kind), {
    name,
    empty: (line) => !line.value.trim(),
    made: (line) => ({ [value]: line.value.trim(), ...label(line, undefined) }),
    changed: (line, old, member) => ({
      ...(old.value !== line.value ? { [value]: line.value.trim() } : {}), ...(old.label !== line.label ? label(line, member) : {}),
    }),
  }, before, after);
  return kind === 'pronouns' && Object.keys(patch).length > 0 ? { speakToAs: patch } : patch;
}

/** What somebody likes or knows: the label is the kind, which the card has one of three words for. */
export function interestsPatch(card: Card, before: readonly Line[], after: readonly Line[]): Patch {
  const kindOf = (line: Line) => (INTERESTS.includes(line.label) ? line.label : 'interest');
  return listPatch<Line>(card, {
    name: 'personalInfo',
    empty: (line) => !line.value.trim(),
    made: (line) => ({ kind: kindOf(line), value: line.value.trim() }),
    changed: (line, old) => ({ ...(old.value !== line.value ? { value: line.value.trim() } : {}), ...(old.label !== line.label ? { kind: kindOf(line) } : {}) }),
  }, before, after);
}

export function customPatch(card: Card, before: readonly Line[], after: readonly Line[]): Patch {
  return listPatch<Line>(card, {
    name: CUSTOM_FIELDS,
    empty: (line) => !line.value.trim(),
    made: (line) => ({ label: line.label.trim(), value: line.value.trim() }),
    changed: (line, old) => ({ ...(old.value !== line.value ? { value: line.value.trim() } : {}), ...(old.label !== line.label ? { label: line.label.trim() } : {}) }),
  }, before, after);
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\S/i;

/** An account: an address where it is one, else the name alone. */
function account(value: string): Patch {
  const text = value.trim();
  return SCHEME.test(text) ? { uri: text } : { user: text };
}

export function servicesPatch(card: Card, before: readonly ServiceLine[], after: readonly ServiceLine[]): Patch {
  return listPatch<ServiceLine>(card, {
    name: 'onlineServices',
    empty: (line) => !line.value.trim(),
    made: (line) => ({ ...account(line.value), ...(line.service.trim() ? { service: line.service.trim() } : {}), ...labelPatch('services', line.label, undefined) }),
    changed: (line, old, member) => {
      const change: Patch = {};
      if (old.value !== line.value) {
        const next = account(line.value);
        for (const name of ['uri', 'user']) if (next[name] !== undefined) change[name] = next[name];
        else if (member[name] !== undefined) change[name] = null;
      }
      if (old.service !== line.service) change.service = line.service.trim() || null;
      return { ...change, ...(old.label !== line.label ? labelPatch('services', line.label, member) : {}) };
    },
  }, before, after);
}

export function addressesPatch(card: Card, before: readonly AddressLine[], after: readonly AddressLine[]): Patch {
  const components = (line: AddressLine, old: AddressLine | undefined, member: Member | undefined) => {
    const values = new Map<string, string>();
    for (const [field, kind] of ADDRESS_PARTS) if (!old || old[field] !== line[field]) values.set(kind, line[field]);
    if (values.size > 0 && member && componentsOf(member).length === 0) for (const [field, kind] of ADDRESS_PARTS) values.set(kind, line[field]);
    return values;
  };
  return listPatch<AddressLine>(card, {
    name: 'addresses',
    empty: isEmptyAddress,
    made: (line) => ({
      components: recomposed([], components(line, undefined, undefined)), ...(line.code ? { countryCode: line.code } : {}), ...labelPatch('addresses', line.label, undefined),
    }),
    changed: (line, old, member) => {
      const change: Patch = {};
      const values = components(line, old, member);
      if (values.size > 0) {
        change.components = recomposed(componentsOf(member), values);
        // The whole text would now contradict the parts, and the code another country.
        if (member.full !== undefined) change.full = null;
      }
      if (line.code && line.code !== old.code) change.countryCode = line.code;
      // A country typed anew without its code: the old code would name another one.
      else if (member.countryCode !== undefined && (line.code !== old.code || values.has('country'))) change.countryCode = null;
      return { ...change, ...(old.label !== line.label ? labelPatch('addresses', line.label, member) : {}) };
    },
  }, before, after);
}

export function partialDate(parts: DateParts): Record<string, number | string | null> {
  const number = (text: string) => (text.trim() ? Number(text) : null);
  return { '@type': 'PartialDate', day: number(parts.day), month: number(parts.month), year: number(parts.year) };
}
export function withoutNulls(value: Patch): Patch {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}
/** A date over the one that was there: parts that are gone are said to be. */
export function dateOver(member: Member, parts: DateParts): Patch {
  const had = (member.date ?? {}) as Record<string, unknown>;
  const date = Object.fromEntries(Object.entries(partialDate(parts)).filter(([name, value]) => value !== null || had[name] !== undefined));
  return { date: had.utc === undefined ? date : { ...date, utc: null } };
}

/** Only what JSContact calls a wedding or a death is one; other words are the user's own. */
function dateKind(label: string): Patch {
  if (label === 'anniversary') return { kind: 'wedding' };
  if (label === 'date of death') return { kind: 'death' };
  return { kind: 'rolo:other', ...(label ? { [OWN_LABEL]: label } : {}) };
}

export function datesPatch(card: Card, before: readonly DateLine[], after: readonly DateLine[]): Patch {
  return listPatch<DateLine>(card, {
    name: 'anniversaries',
    empty: isEmptyDate,
    made: (line) => ({ ...dateKind(line.label.trim()), date: withoutNulls(partialDate(line)) }),
    changed: (line, old, member) => {
      const change: Patch = {};
      if (line.day !== old.day || line.month !== old.month || line.year !== old.year) Object.assign(change, dateOver(member, line));
      if (line.label !== old.label) {
        Object.assign(change, dateKind(line.label.trim()));
        if (change[OWN_LABEL] === undefined && member[OWN_LABEL] !== undefined) change[OWN_LABEL] = null;
      }
      return change;
    },
  }, before, after);
}

/** Relations lie under the name or the UID they lead to: another name is another member. */
export function relationsPatch(card: Card, before: readonly PersonLine[], after: readonly PersonLine[]): Patch {
  const patch: Patch = {};
  const known = new Map(members(card, 'relatedTo'));
  const kept = new Set<string>();
  for (const line of after) {
    const name = line.value.trim();
    if (!name) continue;
    const id = line.link ?? name;
    const old = before.find((one) => one.id !== null && one.id === line.id);
    kept.add(id);
    const linked = line.link ? { 'rolo:name': name } : {};
    if (!old || old.id !== id) patch[id] = { ...relationMembers(line.label.trim()), ...linked };
    else {
      const change: Patch = {};
      if (old.value !== line.value) Object.assign(change, linked);
      if (old.label !== line.label) {
        const member = known.get(id) ?? {};
        const next = relationMembers(line.label.trim());
        const gone = Object.keys((member.relation as object | undefined) ?? {}).filter((one) => !(next.relation as Patch | undefined)?.[one]);
        change.relation = { ...(next.relation as Patch | undefined), ...Object.fromEntries(gone.map((one) => [one, null])) };
        if (next[OWN_LABEL] !== undefined) change[OWN_LABEL] = next[OWN_LABEL];
        else if (textOf(member[OWN_LABEL])) change[OWN_LABEL] = null;
      }
      if (Object.keys(change).length > 0) patch[id] = change;
    }
  }
  for (const old of before) if (old.id && !kept.has(old.id)) patch[old.id] = null;
  return Object.keys(patch).length > 0 ? { relatedTo: patch } : {};
}
