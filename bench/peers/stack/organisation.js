// GET /v1/organisations/:id, the article's own example.

import { byId, organisation } from './schema.js';
import { signedIn } from './session.js';

const SECONDS = 300;
const ONE = 'select id, name, details, created_at, revision from organisation where id = ?';

export async function organisations(server) {
  server.addHook('onRequest', signedIn);

  server.get('/organisations/:id', { schema: { params: byId, response: { 200: organisation } } }, async (request, reply) => {
    const { id } = request.params;
    const answer = id !== request.visitor.organisation ? null : await server.cached(`organisation:${id}`, SECONDS, async () => {
      const [[row]] = await server.pool.execute(ONE, [id]);
      return row === undefined ? null : reply.serializeInput({ ...row, details: JSON.parse(row.details) }, 200);
    });
    if (answer === null) return reply.code(404).send({ title: 'There is no such organisation.', status: 404 });
    return reply.type('application/json').send(answer);
  });
}
