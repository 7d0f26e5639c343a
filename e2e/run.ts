// `npm test`: every journey, two files at a time. A full book is seeded once and lies on a shelf, from which each file takes
// its copy; both are gone at the end. A single file needs nothing of this: `node --test organise.test.ts` seeds its own.

import { spawn } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FULL, seed } from './harness/book.ts';

const binary = process.env['ROLO_BINARY'];
if (!binary) throw new Error('ROLO_BINARY names no program: run `cargo xtask test --only journeys`.');

const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : readdirSync('.').filter((name) => name.endsWith('.test.ts'));
const shelf = await mkdtemp(join(tmpdir(), 'rolo-shelf-'));
try {
  await rename(await seed(binary, FULL), join(shelf, String(FULL)));
  const tests = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=300000', '--test-reporter=spec', ...files], { stdio: 'inherit', env: { ...process.env, ROLO_BOOKS: shelf } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal));
  process.exitCode = await new Promise<number>((done) => tests.on('exit', (code) => done(code ?? 1)));
} finally {
  await rm(shelf, { recursive: true, force: true });
}
