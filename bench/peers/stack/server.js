// The article's API server, as it is run in production: Fastify on every core, behind NGINX.
//
// DATABASE_URL, REDIS_URL; PORT (3333), WORKERS (2) and REDIS_PREFIX may be left out. Prints `ready URL` once all workers listen.

import cluster from 'node:cluster';

import { app } from './app.js';

const WORKERS = Number(process.env.WORKERS ?? 2);
const PORT = Number(process.env.PORT ?? 3333);

if (cluster.isPrimary) primary();
else await worker();

function primary() {
  let listening = 0;
  let stopping = false;
  for (let n = 0; n < WORKERS; n += 1) cluster.fork();
  cluster.on('listening', (_worker, { port }) => {
    listening += 1;
    if (listening === WORKERS) console.log(`ready http://127.0.0.1:${port}`);
  });
  cluster.on('exit', (_worker, code) => {
    if (stopping) return;
    // Before all of them listen something is wrong that another try would not mend.
    if (listening < WORKERS) process.exit(code || 1);
    cluster.fork();
  });
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      stopping = true;
      cluster.disconnect(() => process.exit(0));
    });
  }
}

async function worker() {
  const server = await app({ database: process.env.DATABASE_URL, redis: process.env.REDIS_URL, prefix: process.env.REDIS_PREFIX ?? '' });
  await server.listen({ host: '127.0.0.1', port: PORT });
}
