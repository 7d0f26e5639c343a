// A Rolo of the test's own: the release binary on a free loopback port, its data in a temporary folder.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { startFront } from './front.ts';

const binary = process.env['ROLO_BINARY'];
if (!binary) throw new Error('ROLO_BINARY names no program: run `cargo xtask test --only journeys`.');

/** A running Rolo. */
export interface Rolo {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  /** The set-up code it printed, while nobody has an account. */
  readonly code: string | null;
  /** Its data folder. */
  readonly data: string;
  /** What it has logged so far. */
  log(): string;
  /** Runs a command beside it and answers the last line of its output, read as JSON. */
  command(...args: string[]): Promise<Record<string, unknown>>;
  /** Runs a command beside it and answers what it writes. */
  output(...args: string[]): Promise<string>;
  /** A file that holds a secret, for a command to read. */
  secretFile(secret: string): Promise<string>;
  /** Kills it as a power cut would, and starts it again on the same data. */
  killAndRestart(): Promise<Rolo>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Starts one, on fresh data unless told where. */
export async function startRolo(data?: string): Promise<Rolo> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'rolo-e2e-')));
  const child = spawn(binary!, ['serve', '--data', folder, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (piece: Buffer) => (log += piece.toString()));
  const { url: own, code } = await ready(child, () => log);
  const pages = process.env['ROLO_PAGES'];
  const front = pages ? await startFront(own, pages) : null;
  const url = front?.url ?? own;
  return {
    url, code, data: folder,
    log: () => log,
    command: (...args) => command(folder, args),
    output: (...args) => output(folder, args),
    async secretFile(secret) {
      const file = join(folder, `secret-${randomUUID()}.txt`);
      await writeFile(file, `${secret}\n`, { mode: 0o600 });
      return file;
    },
    async killAndRestart() {
      await front?.stop();
      await ended(child, 'SIGKILL');
      return startRolo(folder);
    },
    async stop() {
      await front?.stop();
      await ended(child, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An account made by command, for journeys that do not begin at the set-up page. */
export async function addAccount(rolo: Rolo, email = 'noor@rolo.example', password = 'five quiet harbour mornings') {
  const file = await rolo.secretFile(password);
  await rolo.command('user', 'add', '--email', email, '--name', 'Noor Haddad', '--password-file', file, '--organisation', 'new', '--role', 'owner');
  await rm(file);
  return { email, password };
}

async function ready(child: ChildProcess, log: () => string): Promise<{ url: string; code: string | null }> {
  let code: string | null = null;
  for await (const line of createInterface({ input: child.stdout! })) {
    code = /code: ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(line)?.[1] ?? code;
    const url = /^ready (\S+)$/.exec(line)?.[1];
    if (url) return { url, code };
  }
  throw new Error(`Rolo ended before it was ready:\n${log()}`);
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill(signal);
  });
}

async function command(data: string, args: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await output(data, [...args, '--json'])).trim().split('\n').at(-1)!) as Record<string, unknown>;
}

async function output(data: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(binary!, [...args, '--data', data], { maxBuffer: 1 << 28 });
  return stdout;
}
