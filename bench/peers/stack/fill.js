// `fill.js FILE`: makes the tables and puts into them what somebody else's API has answered.
//
// FILE holds a line of JSON each: first { organisation, account }, then { contact, line } for everybody in the book.

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import mysql from 'mysql2/promise';

import { sealed } from './session.js';

const CHUNK = 500;
const COLUMNS = ['id', 'organisation', 'book', 'kind', 'uid', 'revision', 'modseq', 'name', 'name_family_first', 'sort_given', 'sort_family', 'sort_company', 'emails', 'phones', 'company', 'title', 'labels', 'starred', 'hidden', 'photo', 'created_at', 'updated_at', 'deleted_at', 'card'];

const database = await mysql.createConnection({ uri: process.env.DATABASE_URL, timezone: 'Z', multipleStatements: true });
await database.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));

let organisation;
let rows = [];
for await (const text of createInterface({ input: createReadStream(process.argv[2]) })) {
  const said = JSON.parse(text);
  if (said.contact) rows.push(row(said.contact, said.line));
  else organisation = await begin(said);
  if (rows.length === CHUNK) await flush();
}
if (rows.length > 0) await flush();
await database.query('analyze table contact');
await database.end();

async function begin(said) {
  const { id, name, details, created_at: made, revision } = said.organisation;
  await database.query('insert into organisation (id, name, details, created_at, revision) values (?)', [[id, name, JSON.stringify(details), new Date(made), revision]]);
  const { id: account, email, password } = said.account;
  await database.query('insert into account (id, organisation, email, password) values (?)', [[account, id, email, await sealed(password)]]);
  return id;
}

function row(contact, line) {
  const { given, family, company } = line.sort;
  const values = {
    ...line, ...contact, organisation,
    sort_given: given, sort_family: family, sort_company: company,
    emails: JSON.stringify(line.emails), phones: JSON.stringify(line.phones), labels: JSON.stringify(contact.labels),
    created_at: new Date(contact.created_at), updated_at: new Date(contact.updated_at), deleted_at: null,
    card: JSON.stringify(contact.card),
  };
  return COLUMNS.map((column) => values[column] ?? null);
}

async function flush() {
  await database.query(`insert into contact (${COLUMNS.join(', ')}) values ?`, [rows]);
  rows = [];
}
