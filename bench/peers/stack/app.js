// One worker: Fastify with its pool of MariaDB connections and one pipelined connection to Redis.

import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';

import { cacheAside } from './cache.js';
import { contacts } from './contact.js';
import { organisations } from './organisation.js';
import { sessions } from './session.js';

/** The pool of one worker: two workers share what a server of this size takes well. */
const CONNECTIONS = 10;

/** The API, ready to listen. */
export async function app({ database, redis: at, prefix }) {
  const pool = mysql.createPool({ uri: database, connectionLimit: CONNECTIONS, timezone: 'Z', supportBigNumbers: true });
  const redis = new Redis(at, { keyPrefix: prefix, enableAutoPipelining: true, maxRetriesPerRequest: 2 });
  // NGINX writes the access log; its connections are kept a little longer here than there, so that it is never NGINX who finds one closed.
  const server = Fastify({ logger: false, keepAliveTimeout: 75_000, requestTimeout: 30_000, bodyLimit: 1_048_576 });
  server.decorate('pool', pool);
  server.decorate('redis', redis);
  server.decorate('cached', cacheAside(redis));
  server.addHook('onClose', async () => {
    await pool.end();
    await redis.quit();
  });
  await server.register(cookie);
  await server.register(sessions, { prefix: '/v1' });
  await server.register(organisations, { prefix: '/v1' });
  await server.register(contacts, { prefix: '/v1' });
  return server;
}
