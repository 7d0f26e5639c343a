// A Rolo of the test's own: the release binary on a free loopback port, its data in a temporary folder.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { arranged, forgotten, prepared } from './arrangement.ts';
import { startFront } from './front.ts';
import { BEHIND, startNginx, THROUGH_NGINX } from './nginx.ts';

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

/** Starts one, on fresh data unless told where, on any free port unless told which, with settings as the environment says them; as the run is arranged. */
export async function startRolo(data?: string, port = 0, settings: Readonly<Record<string, string>> = {}): Promise<Rolo> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'rolo-e2e-')));
  await prepared(folder);
  const running = await arranged(binary!, folder, port, { ...(THROUGH_NGINX ? BEHIND : {}), ...settings });
  const pages = process.env['ROLO_PAGES'];
  const front = THROUGH_NGINX ? await startNginx(binary!, running.url) : pages ? await startFront(running.url, pages) : null;
  const url = front?.url ?? running.url;
  return {
    url, code: running.code, data: folder,
    log: () => running.log(),
    command: (...args) => command(folder, args),
    output: (...args) => output(folder, args),
    async secretFile(secret) {
      const file = join(folder, `secret-${randomUUID()}.txt`);
      await writeFile(file, `${secret}\n`, { mode: 0o600 });
      return file;
    },
    async killAndRestart() {
      await front?.stop();
      await running.end('SIGKILL');
      return startRolo(folder, port, settings);
    },
    async stop() {
      await front?.stop();
      await running.end('SIGTERM');
      await forgotten(folder);
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

async function command(data: string, args: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await output(data, [...args, '--json'])).trim().split('\n').at(-1)!) as Record<string, unknown>;
}

async function output(data: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(binary!, [...args, '--data', data], { maxBuffer: 1 << 28 });
  return stdout;
}
