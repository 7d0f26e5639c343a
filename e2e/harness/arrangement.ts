// The processes of a Rolo: all in one, or a role each. `ROLO_ARRANGEMENT=three` is gateway, SSR server and API over an SQLite file;
// `five` is gateway, SSR server, two APIs and a worker over MariaDB and Redis. What the data lie in is said by `ROLO_ENGINE` and
// `ROLO_CACHE`; the servers are those of `ROLO_TEST_MYSQL`, `ROLO_TEST_POSTGRES` and `ROLO_TEST_REDIS`.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { freePort } from './port.ts';

const KINDS = ['one', 'three', 'five'] as const;

/** How Rolo is arranged in this run. */
export const ARRANGEMENT = (process.env['ROLO_ARRANGEMENT'] ?? 'one') as (typeof KINDS)[number];
if (!KINDS.includes(ARRANGEMENT)) throw new Error(`ROLO_ARRANGEMENT is ${KINDS.join(', ')} and not ${ARRANGEMENT}.`);

const ENGINES = { sqlite: undefined, mysql: 'ROLO_TEST_MYSQL', postgres: 'ROLO_TEST_POSTGRES' } as const;
const CACHES = { memory: undefined, redis: 'ROLO_TEST_REDIS' } as const;
const [engine, cache] = [process.env['ROLO_ENGINE'] ?? (ARRANGEMENT === 'five' ? 'mysql' : 'sqlite'), process.env['ROLO_CACHE'] ?? (ARRANGEMENT === 'five' ? 'redis' : 'memory')];
if (!(engine in ENGINES) || !(cache in CACHES)) throw new Error(`ROLO_ENGINE is ${Object.keys(ENGINES).join(', ')}, ROLO_CACHE is ${Object.keys(CACHES).join(', ')}; not ${engine} and ${cache}.`);

/** What the data of this run lie in, and what stands in front of it. */
export const ENGINE = engine as keyof typeof ENGINES;
export const CACHE = cache as keyof typeof CACHES;

/** The server a run needs. */
function server(variable: string): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} names no server: cargo xtask servers`);
  return url.replace(/\/*$/, '');
}

/** Running processes, as one. */
export interface Running {
  /** Where the front answers. */
  readonly url: string;
  readonly code: string | null;
  log(): string;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Before anything is made in a data folder: where it is not a file, a database of its own, which the configuration names. */
export async function prepared(data: string): Promise<void> {
  const file = join(data, 'rolo.toml');
  const [database, cache] = [ENGINES[ENGINE], CACHES[CACHE]];
  if ((!database && !cache) || existsSync(file)) return;
  const lines = [`storage = "file:${join(data, 'files')}"`];
  if (cache) lines.push(`cache = "${server(cache)}"`);
  if (database) {
    await sql(`create database ${name(data)}`);
    // PostgreSQL's names the database that is there already.
    lines.push(`database = "${server(database).replace(/\/postgres$/, '')}/${name(data)}"`);
  }
  await writeFile(file, `[services]\n${lines.join('\n')}\n`);
}

/** The data folder of whoever does what comes later, such as backups. */
export function laterFolder(data: string): string {
  return ARRANGEMENT === 'five' ? join(data, 'beside', 'worker') : data;
}

/** When a data folder is no longer needed. */
export async function forgotten(data: string): Promise<void> {
  if (ENGINES[ENGINE]) await sql(`drop database if exists ${name(data)}`);
}

/** Starts the processes on this data, the front on this port and the others on any that is free. */
export async function arranged(binary: string, data: string, port: number, settings: Readonly<Record<string, string>>): Promise<Running> {
  const processes: Process[] = [];
  try {
    const start = async (words: string[], place: string, environment: Record<string, string> = {}) => {
      const one = await Process.start(binary, words, place, { ...settings, ...environment });
      processes.unshift(one);
      return one;
    };
    const front = await roles(start, data, port);
    return {
      url: front.url, code: processes.map((one) => one.code).find((code) => code !== null) ?? null,
      log: () => processes.map((one) => one.log).join(''),
      // The front goes first: what it has taken in is still answered.
      async end(signal) {
        for (const one of processes) await one.end(signal);
      },
    };
  } catch (error) {
    for (const one of processes) await one.end('SIGKILL');
    throw error;
  }
}

type Start = (words: string[], place: string, environment?: Record<string, string>) => Promise<Process>;

async function roles(start: Start, data: string, port: number): Promise<Process> {
  const at = (one: number) => ['--listen', `127.0.0.1:${one}`];
  const [front, listen] = [at(port), at(0)];
  if (ARRANGEMENT === 'one') return start(front, data);
  const beside = async (name: string) => {
    const place = join(data, 'beside', name);
    await mkdir(place, { recursive: true });
    if (ARRANGEMENT === 'five') await writeFile(join(place, 'rolo.toml'), await readFile(join(data, 'rolo.toml')));
    return place;
  };
  // What starts itself again must be found where it was.
  const apis = [await start(['api', ...(port === 0 ? listen : at(await freePort()))], data)];
  if (ARRANGEMENT === 'five') {
    apis.push(await start(['api', ...listen], await beside('api')));
    await start(['worker'], await beside('worker'));
  }
  const api = { ROLO_API__URL: JSON.stringify(apis.map(({ url }) => url)) };
  const ssr = await start(['ssr', ...listen], await beside('ssr'), api);
  return start(['gateway', ...front], await beside('gateway'), { ...api, ROLO_SSR__URL: ssr.url });
}

class Process {
  url = '';
  code: string | null = null;
  log = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr!.on('data', (piece: Buffer) => (this.log += piece.toString()));
  }

  static async start(binary: string, words: string[], data: string, environment: Record<string, string>): Promise<Process> {
    const child = spawn(binary, ['serve', ...words, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    const one = new Process(child);
    for await (const line of createInterface({ input: child.stdout! })) {
      one.code = /code: ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(line)?.[1] ?? one.code;
      const url = /^ready (\S+)$/.exec(line)?.[1];
      if (!url) continue;
      one.url = url;
      return one;
    }
    throw new Error(`rolo serve ${words.join(' ')} ended before it was ready:\n${one.log}`);
  }

  end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((done) => {
      child.once('exit', () => done());
      child.kill(signal);
    });
  }
}

function name(data: string): string {
  return basename(data).toLowerCase().replace(/[^a-z0-9]/g, '_');
}

async function sql(statement: string): Promise<void> {
  const run = promisify(execFile);
  if (ENGINE === 'postgres') {
    await run('psql', ['--no-psqlrc', '--quiet', '--dbname', server('ROLO_TEST_POSTGRES'), '--command', statement.replace(/^drop .*/, '$& with (force)')]);
    return;
  }
  const { hostname, port, username, password } = new URL(server('ROLO_TEST_MYSQL'));
  await run('mariadb', ['--no-defaults', '--protocol=tcp', `--host=${hostname}`, `--port=${port}`, `--user=${username}`, `--password=${password}`, '--execute', statement]);
}
