// Many people at once: lines as people paste them from a mail's “To”, a spreadsheet or a note.

export interface Pasted {
  name: string;
  emails: string[];
  phones: string[];
  /** Whatever else the line says: kept as a note. */
  rest: string;
}
interface Field {
  text: string;
  /** What ended it: a separator, or nothing at the end of the line. */
  end: string;
}

const SEPARATORS = ',;\t|<>';
const isMail = (word: string) => {
  const at = word.indexOf('@');
  return at > 0 && word.indexOf('.', at + 2) > 0;
};
const isPhone = (text: string) => /^\+?[\d\s().\-/]+$/.test(text) && text.replace(/\D/g, '').length >= 6;
const saysSomething = (text: string) => /[\p{L}\p{N}]/u.test(text);

/** A line cut at its separators; those between quotation marks belong to the text. */
function fieldsOf(line: string): Field[] {
  const fields: Field[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at <= line.length; at += 1) {
    const sign = line[at] ?? '';
    if (sign === '"' || sign === '“' || sign === '”') quoted = !quoted;
    if (at === line.length || (!quoted && SEPARATORS.includes(sign))) {
      const text = line.slice(from, at).replace(/["“”]/g, '').replace(/^mailto:/i, '').trim();
      fields.push({ text, end: sign });
      from = at + 1;
    }
  }
  return fields;
}

/** A “To” field holds several people: whoever follows an address in angle brackets is the next one. */
function peopleOf(line: string): Field[][] {
  const fields = fieldsOf(line);
  const said = fields.filter((field) => field.text);
  if (said.length > 1 && said.every((field) => isMail(field.text) && !/\s/.test(field.text))) return said.map((field) => [field]);
  const people: Field[][] = [[]];
  fields.forEach((field, at) => {
    people.at(-1)!.push(field);
    const next = fields[at + 1];
    if (field.end === '>' && next?.text === '' && (next.end === ',' || next.end === ';')) people.push([]);
  });
  return people;
}

function personOf(fields: readonly Field[]): Pasted | null {
  const emails: string[] = [];
  const phones: string[] = [];
  const words: Field[] = [];
  for (const { text, end } of fields) {
    const mails = text.includes('@') ? text.split(/\s+/).filter(isMail) : [];
    emails.push(...mails);
    const left = mails.length > 0 ? text.split(/\s+/).filter((word) => !isMail(word)).join(' ') : text;
    if (isPhone(left)) phones.push(left);
    else if (saysSomething(left)) words.push({ text: left, end });
  }
  let [name = '', ...rest] = words.map((word) => word.text);
  // “Byron, Ada” is how directories write a name.
  const turned = name.split(',').map((part) => part.trim());
  if (turned.length === 2 && turned[0] && turned[1]) name = `${turned[1]} ${turned[0]}`;
  else if (words[0]?.end === ',' && rest[0] && !/\s/.test(name) && !/\s/.test(rest[0])) name = `${rest.shift()} ${name}`;
  if (!name && emails.length === 0 && phones.length === 0) return null;
  return { name, emails: [...new Set(emails)], phones: [...new Set(phones)], rest: rest.join(', ') };
}

export function pastedPeople(text: string): Pasted[] {
  return text.split(/\r?\n/).filter((line) => line.trim()).flatMap(peopleOf).map(personOf).filter((person) => person !== null);
}

/** The card of somebody pasted. A name is split only at its last space, as its owner would read it back. */
export function pastedCard({ name, emails, phones, rest }: Pasted): Record<string, unknown> {
  const at = name.lastIndexOf(' ');
  const components = at < 0 ? [{ kind: 'given', value: name }] : [{ kind: 'given', value: name.slice(0, at) }, { kind: 'surname', value: name.slice(at + 1) }];
  const each = (values: string[], key: string) => Object.fromEntries(values.map((value, n) => [`n${n + 1}`, { [key]: value }]));
  return {
    '@type': 'Card', version: '1.0', ...(name ? { name: { components } } : {}), ...(emails.length ? { emails: each(emails, 'address') } : {}), ...(phones.length ? { phones: each(phones, 'number') } : {}),
    ...(rest ? { notes: { n1: { note: rest } } } : {}),
  };
}
