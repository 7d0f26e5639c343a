// `npm test`: every journey, two files at a time. A full book is seeded once and lies on a shelf, from which each file takes
// its copy; both are gone at the end. A single file needs nothing of this: `node --test organise.test.ts` seeds its own.
// `ROLO_ARRANGEMENT` and `ROLO_FRONT` send all of them through other processes, or through NGINX, `ROLO_ENGINE` and `ROLO_CACHE` onto
// another database and Redis (`harness/arrangement.ts`); without them a few are.

import { spawn } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ENGINE } from './harness/arrangement.ts';
import { FULL, seed } from './harness/book.ts';
import { nginx } from './harness/nginx.ts';

// What hangs ends with its whole file: the runner's limit holds for a file as for a test, and a slow machine needs minutes for one.
const FILE_MS_MAX = 20 * 60_000;
const binary = process.env['ROLO_BINARY'];
if (!binary) throw new Error('ROLO_BINARY names no program: run `cargo xtask test --only journeys`.');

/**
 * Several processes instead of one, a web server in front, other databases, with Redis and without: what passes through all of them, page by
 * page, news and files, so that each meets each other once. The soak sends every journey through each.
 */
const ELSEWHERE = [
  { arrangement: 'one', front: 'nginx', engine: 'sqlite', cache: 'memory', files: ['live.test.ts', 'past.test.ts', 'first-paint.test.ts', 'door.test.ts'] },
  { arrangement: 'one', front: 'none', engine: 'postgres', cache: 'memory', files: ['organise.test.ts'] },
  { arrangement: 'one', front: 'none', engine: 'mysql', cache: 'memory', files: ['edit.test.ts'] },
  { arrangement: 'three', front: 'none', engine: 'sqlite', cache: 'redis', files: ['past.test.ts'] },
  { arrangement: 'three', front: 'nginx', engine: 'sqlite', cache: 'memory', files: ['without-javascript.test.ts'] },
  { arrangement: 'five', front: 'none', engine: 'mysql', cache: 'redis', files: ['live.test.ts', 'backups.test.ts'] },
  { arrangement: 'five', front: 'nginx', engine: 'postgres', cache: 'redis', files: ['past.test.ts', 'without-javascript.test.ts'] },
] as const;
type Elsewhere = (typeof ELSEWHERE)[number];

/** Whoever says one of these wants all journeys there. */
const SAYS = ['ROLO_ARRANGEMENT', 'ROLO_FRONT', 'ROLO_ENGINE', 'ROLO_CACHE'];

const asked = process.argv.slice(2);
const all = readdirSync('.').filter((name) => name.endsWith('.test.ts'));
const files = asked.length > 0 ? asked : all;
const shelf = await mkdtemp(join(tmpdir(), 'rolo-shelf-'));
try {
  // What lies in a server's database is not copied with a folder.
  if (ENGINE === 'sqlite') await rename(await seed(binary, FULL), join(shelf, String(FULL)));
  process.exitCode = await journeys(files, {});
  if (asked.length === 0 && !SAYS.some((name) => process.env[name])) {
    for (const elsewhere of ELSEWHERE) {
      const { arrangement, front, engine, cache, files } = elsewhere;
      const missing = lacking(elsewhere);
      console.log(`${files.join(', ')} in ${arrangement === 'one' ? 'one process' : `${arrangement} processes`}${front === 'nginx' ? ' behind NGINX' : ''} on ${engine}${cache === 'redis' ? ' with Redis' : ''}${missing ? `: left out, for want of ${missing}` : ''}`);
      if (!missing) process.exitCode ||= await journeys(files, { ROLO_ARRANGEMENT: arrangement, ROLO_FRONT: front, ROLO_ENGINE: engine, ROLO_CACHE: cache });
    }
  }
} finally {
  await rm(shelf, { recursive: true, force: true });
}

/** What is not here; where it has to be (`CI`), the journeys say so themselves. */
function lacking({ front, engine, cache }: Elsewhere): string | null {
  if (process.env['CI']) return null;
  if (front === 'nginx' && !nginx()) return 'NGINX';
  if (engine === 'mysql' && !process.env['ROLO_TEST_MYSQL']) return 'MariaDB';
  if (engine === 'postgres' && !process.env['ROLO_TEST_POSTGRES']) return 'PostgreSQL';
  return cache === 'redis' && !process.env['ROLO_TEST_REDIS'] ? 'Redis' : null;
}

function journeys(names: readonly string[], more: Readonly<Record<string, string>>): Promise<number> {
  const reporters = ['spec', './harness/sum.ts'].flatMap((reporter) => [`--test-reporter=${reporter}`, '--test-reporter-destination=stdout']);
  const tests = spawn(process.execPath, ['--test', '--test-concurrency=2', `--test-timeout=${FILE_MS_MAX}`, ...reporters, ...names], { stdio: 'inherit', env: { ...process.env, ROLO_BOOKS: shelf, ...more } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal));
  return new Promise((done) => tests.on('exit', (code) => done(code ?? 1)));
}
