// A stand-in for the server while pages are drawn: the calls of /v1 that the pages make, over invented people, in memory.
// MOCK_FAIL=/v1/snapshot makes that call fail, MOCK_EMPTY=1 starts with nobody, MOCK_SETUP=1 with no account, MOCK_SLOW=ms
// waits before each answer, MOCK_PEOPLE=25000 fills the book.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { BOOKS, invent, LABELS, type Invented } from './people.ts';

type Json = Record<string, unknown>;
interface Kept extends Invented {
  revision: string;
  modseq: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}
interface Step {
  modseq: number;
  batch: string;
  id: string;
  before: string | null;
  after: string;
  at: string;
  act: string;
}
interface MockImport extends Json {
  id: string;
  state: string;
  rows: number;
  done: number;
  batch: string | null;
  lines: string[][];
  rows_: Json[];
  started: number;
}

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

class Mock {
  modseq = 1;
  batches = 0;
  signedIn = process.env.MOCK_SIGNED_OUT !== '1' && process.env.MOCK_SETUP !== '1';
  account = process.env.MOCK_SETUP !== '1';
  people = new Map<string, Kept>();
  steps: Step[] = [];
  imports = new Map<string, MockImport>();
  theme: string = process.env.MOCK_THEME ?? 'system';

  constructor() {
    const count = process.env.MOCK_EMPTY === '1' ? 0 : Number(process.env.MOCK_PEOPLE ?? 248);
    for (const one of invent(count)) this.people.set(one.id, this.stamp(one));
  }

  stamp(one: Invented, old?: Kept): Kept {
    this.modseq += 1;
    const now = new Date().toISOString();
    return { ...one, revision: `r${this.modseq}`, modseq: this.modseq, created_at: old?.created_at ?? now, updated_at: now, deleted_at: null };
  }

  write(next: Kept, batch: string, act: string) {
    const old = this.people.get(next.id);
    const stamped = { ...this.stamp(next, old), deleted_at: next.deleted_at };
    this.people.set(next.id, stamped);
    this.steps.push({ modseq: stamped.modseq, batch, id: next.id, before: old ? JSON.stringify(old) : null, after: JSON.stringify(stamped), at: stamped.updated_at, act });
    return stamped;
  }

  batch() {
    this.batches += 1;
    return `batch-${this.batches}`;
  }

  summary(one: Kept) {
    const card = one.card as Record<string, Record<string, Record<string, unknown>>>;
    const list = (member: string, key: string) => Object.values(card[member] ?? {}).map((value) => String(value[key])).slice(0, 2);
    const components = ((card.name?.components ?? []) as unknown as { kind: string; value: string }[]);
    const part = (kind: string) => components.filter((component) => component.kind === kind).map((component) => component.value).join(' ');
    const name = String(card.name?.full ?? '') || [part('title'), part('given'), part('surname')].filter(Boolean).join(' ') || list('organizations', 'name')[0] || list('emails', 'address')[0] || '';
    const hex = (text: string) => Buffer.from(text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()).toString('hex');
    return {
      id: one.id, book: one.book, kind: one.kind, name,
      sort: { given: hex(`${part('given')} ${part('surname')}`.trim() || name), family: hex(`${part('surname')} ${part('given')}`.trim() || name), company: hex(list('organizations', 'name')[0] ?? '') },
      emails: list('emails', 'address'), phones: list('phones', 'number'), company: list('organizations', 'name')[0] ?? null, title: list('titles', 'name')[0] ?? null,
      labels: one.labels, starred: one.starred, hidden: false, photo: null, updated_at: one.updated_at, modseq: one.modseq, revision: one.revision,
    };
  }

  envelope(one: Kept) {
    return { ...one, hidden: false, uid: one.id };
  }
}

function merged(base: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const out: Json = { ...(typeof base === 'object' && base !== null && !Array.isArray(base) ? (base as Json) : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else out[key] = merged(out[key], value);
  }
  return out;
}

function cells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (quoted) {
      if (letter === '"' && text[at + 1] === '"') { cell += '"'; at += 1; } else if (letter === '"') quoted = false; else cell += letter;
    } else if (letter === '"') quoted = true;
    else if (letter === ',') { row.push(cell); cell = ''; }
    else if (letter === '\n') { row.push(cell.replace(/\r$/, '')); rows.push(row); row = []; cell = ''; }
    else cell += letter;
  }
  if (cell || row.length) { row.push(cell); rows.push(row); }
  return rows.filter((one) => one.some(Boolean));
}

const GUESS: [RegExp, string][] = [
  [/first|given|förnamn/i, 'name.given'], [/last|family/i, 'name.surname'], [/mail|e-post/i, 'emails'], [/phone|mobil/i, 'phones'],
  [/org|company/i, 'organizations'], [/birth|bday/i, 'birthday'], [/note/i, 'notes'], [/label|group/i, 'labels'],
];
const FIELDS = [
  ['name.given', 'First name'], ['name.surname', 'Last name'], ['emails', 'E-mail'], ['phones', 'Phone'], ['organizations', 'Company'],
  ['birthday', 'Birthday'], ['notes', 'Notes'], ['labels', 'Labels'], ['custom', 'Custom field'],
].map(([field, title]) => ({ field, title }));

function startImport(mock: Mock, name: string, text: string): MockImport {
  const [head = [], ...lines] = cells(text.replace(/^\ufeff/, ''));
  const columns = head.map((header, index) => {
    const field = GUESS.find(([pattern]) => pattern.test(header))?.[1] ?? (header.startsWith('x_') ? null : 'custom');
    return { index, header, samples: lines.slice(0, 3).map((line) => line[index] ?? ''), field, label: field === 'custom' ? header : null, guessed_by: field === 'custom' || !field ? null : 'header' };
  });
  const made: MockImport = {
    id: `import-${mock.imports.size + 1}`, book: 'b1', state: 'mapping', name, format: 'csv', encoding: 'utf-8', delimiter: ',', rows: lines.length, columns, fields: FIELDS,
    counts: {}, done: 0, batch: null, created_at: new Date().toISOString(), lines, rows_: [], started: 0,
  };
  checkImport(made);
  mock.imports.set(made.id, made);
  return made;
}

function checkImport(one: MockImport) {
  const columns = one.columns as { index: number; field: string | null }[];
  const get = (line: string[], field: string) => columns.filter((column) => column.field === field).map((column) => line[column.index]).filter(Boolean).join(' ');
  one.rows_ = one.lines.map((line, at) => {
    const name = `${get(line, 'name.given')} ${get(line, 'name.surname')}`.trim();
    const verdict = !name && !get(line, 'emails') ? 'refused' : at % 40 === 5 ? 'check' : at % 12 === 3 ? 'same' : at % 16 === 1 ? 'update' : 'new';
    const why = { new: 'A card with 4 fields', update: 'Adds a work phone to the card you have', same: 'Same in every field', check: 'Same e-mail as Olu Finch, different name', refused: 'No name, e-mail or phone in this row' }[verdict];
    return { row: at + 2, verdict, name, why, changes: verdict === 'update' ? [{ path: 'phones/p9', label: 'Phone', before: null, after: '+46 70 555 01 87' }] : [], decision: null };
  });
  const counts: Record<string, number> = { new: 0, update: 0, same: 0, check: 0, refused: 0 };
  for (const row of one.rows_) counts[String(row.verdict)]! += 1;
  one.counts = counts;
}

function shownImport(mock: Mock, one: MockImport) {
  if (one.state === 'running') {
    const written = one.rows_.filter((row) => row.verdict === 'new' || row.verdict === 'update' || (row.decision && row.decision !== 'skip'));
    one.done = Math.min(one.rows, Math.floor((Date.now() - one.started) / 4000 * one.rows));
    if (one.done >= one.rows) {
      one.state = 'done';
      one.batch = mock.batch();
      written.forEach((row, at) => {
        const [given = '', ...rest] = String(row.name).split(' ');
        const id = `01990000-0000-7000-8000-${String(Date.now() % 1e6).padStart(6, '0')}${String(at).padStart(6, '0')}`;
        mock.write({ ...mock.stamp({ id, book: 'b1', kind: 'individual', labels: [], starred: false, card: { name: { components: [{ kind: 'given', value: given }, { kind: 'surname', value: rest.join(' ') }], full: String(row.name) } } }) }, one.batch ?? '', 'import');
      });
    }
  }
  const { lines: _lines, rows_: _rows, started: _started, ...shown } = one;
  return shown;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

async function serve(mock: Mock, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock');
  const path = url.pathname;
  const is = (method: string, pattern: RegExp) => (request.method === method ? pattern.exec(path) : null);
  const send = (status: number, body?: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const refuse = (status: number, detail: string, more: Json = {}) => send(status, { type: 'about:blank', title: 'Refused', status, detail, ...more });
  const text = await bodyOf(request);
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Json;
  if (process.env.MOCK_SLOW) await new Promise((go) => setTimeout(go, Number(process.env.MOCK_SLOW)));
  if (process.env.MOCK_FAIL === path) return refuse(503, 'The database is not answering. Nothing is lost, and your devices keep their copies.');

  if (is('GET', /^\/v1\/setup$/)) return mock.account ? refuse(404, 'There is an account already.') : send(200, { open: true, services: ['database', 'cache', 'search', 'queue', 'mail'].map((name) => ({ name, ok: true })) });
  if (is('POST', /^\/v1\/setup$/)) {
    if (body.code !== '4F7K-92QX') return refuse(422, 'This code is not the one in the console.', { field: 'code' });
    mock.account = true;
    mock.signedIn = true;
    return send(201);
  }
  if (is('POST', /^\/v1\/sessions$/)) {
    if (body.password === 'wrong') return refuse(401, 'E-mail and password do not belong together.');
    mock.signedIn = true;
    return send(201);
  }
  if (!mock.signedIn) return refuse(401, 'Sign in first.');
  if (is('DELETE', /^\/v1\/sessions\/current$/)) { mock.signedIn = false; return send(204); }
  if (is('GET', /^\/v1\/account$/)) {
    return send(200, { id: 'a1', name: 'Noor Haddad', email: 'noor@rolo.example', role: 'owner', organisation: { id: 'o1', name: 'Halden Oke' }, settings: { theme: mock.theme, density: 'comfortable', sort: 'given' } });
  }
  const living = () => [...mock.people.values()].filter((one) => !one.deleted_at);
  if (is('GET', /^\/v1\/snapshot$/)) {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const all = living();
    response.write(`${JSON.stringify({ since: String(mock.modseq), total: all.length })}\n`);
    for (const value of BOOKS) response.write(`${JSON.stringify({ type: 'book', value })}\n`);
    if (all.length) for (const value of LABELS) response.write(`${JSON.stringify({ type: 'label', value })}\n`);
    for (const one of all) response.write(`${JSON.stringify({ type: 'contact', value: mock.summary(one) })}\n`);
    response.end();
    return;
  }
  if (is('GET', /^\/v1\/changes$/)) {
    const since = Number(url.searchParams.get('since'));
    const items = [...mock.people.values()].filter((one) => one.modseq > since).sort((a, b) => a.modseq - b.modseq)
      .map((one) => ({ type: 'contact', id: one.id, book: one.book, modseq: one.modseq, gone: Boolean(one.deleted_at), value: one.deleted_at ? null : mock.summary(one) }));
    return send(200, { items, since: String(mock.modseq), more: false });
  }
  if (is('GET', /^\/v1\/contacts$/)) {
    const q = (url.searchParams.get('q') ?? '').toLowerCase();
    const items = living().filter((one) => JSON.stringify(one.card).toLowerCase().includes(q)).slice(0, Number(url.searchParams.get('limit') ?? 50)).map((one) => mock.summary(one));
    return send(200, { items, next: null, total: items.length });
  }
  if (is('POST', /^\/v1\/contacts$/)) {
    const batch = mock.batch();
    const made = mock.write({ ...mock.stamp({ id: `0199aaaa-0000-7000-8000-${String(mock.modseq).padStart(12, '0')}`, book: String(body.book ?? 'b1'), kind: 'individual', labels: [], starred: false, card: body.card as Json }) }, batch, 'create');
    return send(201, mock.envelope(made), { etag: `"${made.revision}.x"`, 'Rolo-Batch': batch });
  }
  let at = is('GET', /^\/v1\/contacts\/([^/]+)$/) ?? is('PATCH', /^\/v1\/contacts\/([^/]+)$/) ?? is('DELETE', /^\/v1\/contacts\/([^/]+)$/)
    ?? is('PUT', /^\/v1\/contacts\/([^/]+)\/star$/) ?? is('DELETE', /^\/v1\/contacts\/([^/]+)\/star$/) ?? is('GET', /^\/v1\/contacts\/([^/]+)\/versions$/) ?? is('POST', /^\/v1\/contacts\/([^/]+)\/versions\/(\d+)\/restore$/);
  if (at) {
    const one = mock.people.get(at[1]!);
    if (!one || one.deleted_at) return refuse(404, 'This contact is not in your book.');
    const batch = mock.batch();
    if (path.endsWith('/star')) {
      mock.people.set(one.id, { ...one, starred: request.method === 'PUT', modseq: (mock.modseq += 1) });
      return send(204);
    }
    if (path.endsWith('/versions')) {
      const items = mock.steps.filter((step) => step.id === one.id).reverse().map((step) => ({ modseq: step.modseq, at: step.at, by: { id: 'a1', name: 'Noor Haddad' }, door: 'web', device: null, batch: step.batch, act: step.act, changes: [{ path: 'card', before: null, after: null }] }));
      items.push({ modseq: 1, at: '2026-03-18T09:12:00Z', by: { id: 'a1', name: 'Noor Haddad' }, door: 'import', device: null, batch: 'batch-0', act: 'import', changes: [] });
      return send(200, { items, next: null });
    }
    if (path.endsWith('/restore')) {
      const step = mock.steps.find((known) => String(known.modseq) === at![2]);
      const made = mock.write(step ? (JSON.parse(step.after) as Kept) : one, batch, 'restore');
      return send(200, mock.envelope(made), { etag: `"${made.revision}.x"`, 'Rolo-Batch': batch });
    }
    if (request.method === 'GET') return send(200, mock.envelope(one), { etag: `"${one.revision}.x"` });
    const seen = /"([^".]+)/.exec(request.headers['if-match'] ?? '')?.[1];
    if (!seen) return refuse(428, 'Say which version you saw.');
    if (seen !== one.revision) return refuse(412, 'Someone saved a newer version first. Nothing is lost.');
    if (request.method === 'DELETE') {
      mock.write({ ...one, deleted_at: new Date().toISOString() }, batch, 'delete');
      return send(204, undefined, { 'Rolo-Batch': batch });
    }
    const card = merged(one.card, body.card) as Record<string, Json>;
    // As the server does: a written-out name that the parts composed follows them.
    if ((body.card as Record<string, Json>).name?.components && card.name) delete card.name.full;
    const made = mock.write({ ...one, card }, batch, 'edit');
    return send(200, mock.envelope(made), { etag: `"${made.revision}.x"`, 'Rolo-Batch': batch });
  }
  if (is('POST', /^\/v1\/undo$/)) {
    const steps = mock.steps.filter((step) => step.batch === body.batch).reverse();
    const batch = mock.batch();
    for (const step of steps) {
      const now = mock.people.get(step.id)!;
      mock.write(step.before ? (JSON.parse(step.before) as Kept) : { ...now, deleted_at: new Date().toISOString() }, batch, 'undo');
    }
    for (const one of mock.imports.values()) if (one.batch === body.batch) one.state = 'undone';
    return send(200, { batch, undone: steps.length, left: [] });
  }
  if (is('GET', /^\/v1\/imports$/)) return send(200, { items: [...mock.imports.values()].reverse().map((one) => shownImport(mock, one)), next: null });
  if (is('POST', /^\/v1\/imports$/)) return send(201, shownImport(mock, startImport(mock, url.searchParams.get('name') ?? 'contacts.csv', text)));
  at = /^\/v1\/imports\/([^/]+)(?:\/(rows|run|cancel|report))?(?:\/(\d+)\/decision)?$/.exec(path);
  const one = at ? mock.imports.get(at[1]!) : undefined;
  if (at && one) {
    if (request.method === 'DELETE') { mock.imports.delete(one.id); return send(204); }
    if (at![2] === 'cancel') { one.state = 'failed'; one.why = 'Stopped. Undo takes back what was written.'; return send(200, shownImport(mock, one)); }
    if (request.method === 'PATCH') {
      for (const change of body.columns as { index: number }[]) Object.assign((one.columns as Json[])[change.index]!, change, { guessed_by: null });
      one.state = 'checked';
      checkImport(one);
    }
    if (at[3]) {
      const row = one.rows_.find((known) => String(known.row) === at![3])!;
      row.decision = body.decision;
      return send(200, row);
    }
    if (at[2] === 'rows') {
      const verdict = url.searchParams.get('verdict');
      const all = one.rows_.filter((row) => !verdict || row.verdict === verdict);
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const limit = Number(url.searchParams.get('limit') ?? 100);
      return send(200, { items: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null, total: all.length });
    }
    if (at[2] === 'run') { one.state = 'running'; one.started = Date.now(); return send(202, shownImport(mock, one)); }
    if (at[2] === 'report') { response.writeHead(200, { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename=report.csv' }); response.end('row,verdict\n'); return; }
    return send(200, shownImport(mock, one));
  }
  if (is('GET', /^\/v1\/exports$/)) {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename=contacts.csv' });
    response.end('First Name,Last Name\n');
    return;
  }
  refuse(404, 'There is nothing at this address.');
}

export function mockServer(): Plugin {
  const mock = new Mock();
  const handle = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (!request.url?.startsWith('/v1/')) return next();
    serve(mock, request, response).catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });
  };
  return {
    name: 'rolo-mock',
    configureServer: (server) => void server.middlewares.use(handle),
    configurePreviewServer: (server) => {
      server.middlewares.use((_request, response, next) => {
        response.setHeader('Content-Security-Policy', CSP);
        next();
      });
      server.middlewares.use(handle);
    },
  };
}
