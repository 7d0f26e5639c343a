// What a version changed, as lines a person can read: an edited value has a new id, so what went and what came are put
// beside each other again.
import type { VersionChange } from '@/api/types';
import { fieldName, labelText, valueText, type Reader } from './describe';

export interface Difference {
  key: string;
  name: string;
  label: string;
  before: string | null;
  after: string | null;
}

/** What changes with every write says nothing about the person. */
const SILENT = new Set(['updated', 'created', 'prodId', 'uid', '@type', 'version']);

export function differences(changes: readonly VersionChange[], reader: Reader): Difference[] {
  const lines: (Difference & { kind: string })[] = [];
  for (const { path, before, after } of changes) {
    const [kind = '', ...rest] = path.split('/');
    if (SILENT.has(kind)) continue;
    const id = rest.join('/');
    const said = (value: unknown) => (value === null || value === undefined ? null : kind === 'keywords' ? id : valueText(kind, value, reader, id));
    const line = { key: path, kind, name: fieldName(rest.length > 1 && reader.text.card.fields[rest[0]!] ? rest[0]! : kind, reader), label: labelText(kind, after ?? before, reader), before: said(before), after: said(after) };
    // A label or a person that came did not replace the one that went.
    const alone = kind === 'keywords' || kind === 'relatedTo';
    const gone = !alone && line.before === null ? lines.find((one) => one.kind === kind && one.after === null && one.before !== null) : undefined;
    const come = !alone && line.after === null ? lines.find((one) => one.kind === kind && one.before === null && one.after !== null) : undefined;
    if (gone) Object.assign(gone, { after: line.after, label: line.label });
    else if (come) Object.assign(come, { before: line.before });
    else lines.push(line);
  }
  return lines
    .filter((line) => line.before || line.after)
    .map(({ kind: _, ...line }) => (line.before === line.after ? { ...line, before: null } : line));
}
