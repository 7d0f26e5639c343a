// The shapes of the answers. Fastify compiles each into a function that writes nothing else (fast-json-stringify).

const text = { type: 'string' };
const maybe = { type: 'string', nullable: true };
const moment = { type: 'string', format: 'date-time' };
const number = { type: 'integer' };
const yes = { type: 'boolean' };
const words = { type: 'array', items: text };

export const contact = {
  type: 'object',
  properties: {
    id: text, book: text, kind: text, uid: text, revision: text, modseq: number, labels: words, starred: yes, hidden: yes,
    created_at: moment, updated_at: moment, deleted_at: { ...moment, nullable: true },
    card: { type: 'object', additionalProperties: true },
  },
};

const line = {
  type: 'object',
  properties: {
    id: text, book: text, kind: text, uid: text, name: text, name_family_first: text,
    sort: { type: 'object', properties: { given: text, family: text, company: text } },
    emails: words, phones: words, company: maybe, title: maybe, labels: words, starred: yes, hidden: yes, photo: maybe,
    updated_at: moment, modseq: number, revision: text,
  },
};

export const list = {
  type: 'object',
  properties: { items: { type: 'array', items: line }, next: maybe, total: number },
};

export const organisation = {
  type: 'object',
  properties: { id: text, name: text, details: { type: 'object', additionalProperties: true }, created_at: moment, revision: text },
};

/** What stands in a path where an id belongs. */
export const byId = { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } };
