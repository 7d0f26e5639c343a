// A Google export as Google writes it, of invented people; and a reader of CSV that shares no code with Rolo.

const HEADER = (
  'First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,' +
  'Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,' +
  'Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,' +
  'Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Relation 1 - Label,Relation 1 - Value,Website 1 - Label,' +
  'Website 1 - Value,Event 1 - Label,Event 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value'
).split(',');

const GIVEN = ['Amara', 'Björn', 'Chloé', 'Dávid', 'Ελένη', 'Фёдор', 'ג׳ולי', 'مريم', 'प्रिया', '美咲', '민준', 'Ọlá', 'Siân', 'Łukasz', 'İbrahim', 'Nguyệt'];
const FAMILY = ['Okonjo', 'Åström', "L'Hôpital", 'Kovács', 'Οικονόμου', 'Ёлкина', 'לוי', 'عبد الرحمن', 'शर्मा', '高橋', '김', 'Adéyẹmí', 'Llewellyn', 'Wiśniewski', 'Şahin', 'Trần'];

/** One row by header. */
export type Row = Readonly<Record<string, string>>;

/** `count` rows, no two of them the same person; every value differs from row to row. */
export function googleRows(count: number): Row[] {
  return Array.from({ length: count }, (_, at) => {
    const n = String(at).padStart(5, '0');
    const row: Record<string, string> = {
      'First Name': `${GIVEN[at % GIVEN.length]}`, 'Last Name': `${FAMILY[Math.floor(at / 16) % FAMILY.length]} ${n}`,
      'Labels': at % 5 === 0 ? 'Clients ::: * myContacts' : at % 97 === 0 ? '* myContacts ::: * starred' : '* myContacts',
      'E-mail 1 - Label': at % 3 ? '* Home' : '* Work', 'E-mail 1 - Value': `person${n}@post.example`,
      'Phone 1 - Label': 'Mobile', 'Phone 1 - Value': `+1 202 5${n.slice(0, 2)} ${n.slice(2)}${at % 10}`,
    };
    if (at % 4 === 0) Object.assign(row, { 'Organization Name': `Firm ${n}`, 'Organization Title': 'Architect', 'Organization Department': 'Bridges' });
    if (at % 6 === 0) Object.assign(row, { 'Birthday': at % 12 ? '1984-03-21' : ' --08-20', 'Notes': `First line ${n}\nsecond, with "quotes"` });
    if (at % 7 === 0) {
      Object.assign(row, {
        'Address 1 - Label': 'Home', 'Address 1 - Street': `Harbour Lane ${at}`, 'Address 1 - City': 'Galway', 'Address 1 - Region': 'Connacht',
        'Address 1 - Postal Code': `H91 ${n}`, 'Address 1 - Country': 'IE', 'Address 1 - PO Box': '', 'Address 1 - Extended Address': 'Flat 2',
        'Address 1 - Formatted': `Harbour Lane ${at}\nFlat 2\nGalway, Connacht H91 ${n}\nIE`,
      });
    }
    if (at % 11 === 0) Object.assign(row, { 'Phone 2 - Label': 'Boat', 'Phone 2 - Value': `+353 91 ${n}`, 'E-mail 2 - Label': 'Club', 'E-mail 2 - Value': `club${n}@post.example` });
    if (at % 13 === 0) Object.assign(row, { 'Relation 1 - Label': 'Spouse', 'Relation 1 - Value': `Sam ${n}`, 'Event 1 - Label': 'Anniversary', 'Event 1 - Value': '2011-06-04' });
    if (at % 17 === 0) Object.assign(row, { 'Website 1 - Label': 'Profile', 'Website 1 - Value': `https://people.example/${n}`, 'Custom Field 1 - Label': 'Locker', 'Custom Field 1 - Value': `B-${n}` });
    return row;
  });
}

/** As a file. */
export function write(rows: readonly Row[], header: readonly string[] = HEADER): string {
  const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [header.join(','), ...rows.map((row) => header.map((name) => quoted(row[name] ?? '')).join(','))].join('\r\n') + '\r\n';
}

/** A file's rows by header (RFC 4180). */
export function read(text: string): Row[] {
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') (cell += '"'), at++;
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',') line.push(cell), (cell = '');
    else if (sign === '\n') line.push(cell), lines.push(line), (line = []), (cell = '');
    else if (sign !== '\r') cell += sign;
  }
  const [header, ...rows] = lines;
  return rows.map((cells) => Object.fromEntries(header!.map((name, at) => [name, cells[at] ?? ''])));
}
