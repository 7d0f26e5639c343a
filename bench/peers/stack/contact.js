// GET /v1/contacts/:id and GET /v1/contacts?limit=50&after=…

import { byId, contact, list } from './schema.js';
import { signedIn } from './session.js';

const SECONDS = 300;
const ONE = `select id, book, kind, uid, revision, modseq, labels, starred, hidden, created_at, updated_at, deleted_at, card
  from contact where id = ? and organisation = ?`;
// Told to enter the index where the page begins: by itself MariaDB takes the organisation alone and reads all lines before it.
const PAGE = `select id, book, kind, uid, name, name_family_first, sort_given, sort_family, sort_company, emails, phones, company, title,
  labels, starred, hidden, photo, updated_at, modseq, revision from contact force index (contact_by_given)
  where organisation = ? and deleted_at is null and (sort_given > ? or (sort_given = ? and id > ?)) order by sort_given, id limit ?`;
const COUNT = 'select count(*) as total from contact where organisation = ? and deleted_at is null';

const page = {
  type: 'object',
  properties: { limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 }, after: { type: 'string', maxLength: 4096 } },
};

export async function contacts(server) {
  server.addHook('onRequest', signedIn);

  server.get('/contacts/:id', { schema: { params: byId, response: { 200: contact } } }, async (request, reply) => {
    const { id } = request.params;
    const { organisation } = request.visitor;
    const answer = await server.cached(`contact:${organisation}:${id}`, SECONDS, async () => {
      const [[row]] = await server.pool.execute(ONE, [id, organisation]);
      return row === undefined ? null : reply.serializeInput(whole(row), 200);
    });
    if (answer === null) return reply.code(404).send({ title: 'There is no such contact.', status: 404 });
    return reply.type('application/json').send(answer);
  });

  server.get('/contacts', { schema: { querystring: page, response: { 200: list } } }, async (request, reply) => {
    const { limit, after = '' } = request.query;
    const { organisation } = request.visitor;
    const [key, id] = place(after);
    if (key === undefined) return reply.code(422).send({ title: 'This place in the list does not exist.', status: 422 });
    const answer = await server.cached(`contacts:${organisation}:${limit}:${after}`, SECONDS, async () => {
      const [[rows], total] = await Promise.all([
        server.pool.execute(PAGE, [organisation, key, key, id, String(limit + 1)]),
        count(server, organisation),
      ]);
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : null;
      const next = last && Buffer.from(JSON.stringify([last.sort_given, last.id])).toString('base64url');
      return reply.serializeInput({ items: items.map(short), next, total }, 200);
    });
    return reply.type('application/json').send(answer);
  });
}

async function count(server, organisation) {
  const total = await server.cached(`count:${organisation}`, SECONDS, async () => {
    const [[row]] = await server.pool.execute(COUNT, [organisation]);
    return String(row.total);
  });
  return Number(total);
}

/** Where a page begins: behind the last line of the one before it. */
function place(after) {
  if (after === '') return ['', ''];
  try {
    const [key, id] = JSON.parse(Buffer.from(after, 'base64url').toString());
    return typeof key === 'string' && typeof id === 'string' ? [key, id] : [];
  } catch {
    return [];
  }
}

function whole(row) {
  return { ...row, starred: row.starred === 1, hidden: row.hidden === 1, labels: JSON.parse(row.labels), card: JSON.parse(row.card) };
}

function short({ sort_given: given, sort_family: family, sort_company: company, ...row }) {
  return {
    ...row,
    name_family_first: row.name_family_first ?? undefined,
    sort: { given, family, company },
    starred: row.starred === 1,
    hidden: row.hidden === 1,
    emails: JSON.parse(row.emails),
    phones: JSON.parse(row.phones),
    labels: JSON.parse(row.labels),
  };
}
