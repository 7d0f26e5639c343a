// A real NGINX before a Rolo (`ROLO_FRONT=nginx`), configured as `rolo config nginx` prints it: on free loopback ports, with a
// certificate that the run's browsers are told to believe, and all it writes in a folder that is gone afterwards.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePorts } from './port.ts';
import { until } from './until.ts';

const FRONTS = ['none', 'nginx'] as const;
const FRONT = (process.env['ROLO_FRONT'] ?? 'none') as (typeof FRONTS)[number];
if (!FRONTS.includes(FRONT)) throw new Error(`ROLO_FRONT is ${FRONTS.join(', ')} and not ${FRONT}.`);

/** Whether every journey goes through one. */
export const THROUGH_NGINX = FRONT === 'nginx';
/** What a Rolo behind it is told, as the printed configuration wants it. */
export const BEHIND = { ROLO_SERVER__PUBLIC_URL: 'https://localhost', ROLO_SERVER__BEHIND_PROXY: 'true' } as const;

/** Where distributions put it. */
const PLACES = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx'];
/** The program, if there is one. */
export const nginx = (): string | undefined => PLACES.find((path) => existsSync(path));
/** Between looking for a free port and listening on it another may take it. */
const TRIES = 5;

// What a journey asks for by itself believes the certificate as its browser does.
if (THROUGH_NGINX) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';

let made: { folder: string; certificate: string; key: string; print: string } | null = null;

/** The certificate of this process, and the print by which a browser believes it. */
export function certificate() {
  if (made) return made;
  const folder = mkdtempSync(join(tmpdir(), 'rolo-certificate-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const spki = createPublicKey(readFileSync(certificate)).export({ type: 'spki', format: 'der' });
  made = { folder, certificate, key, print: createHash('sha256').update(spki).digest('base64') };
  return made;
}

/** Starts one before the Rolo at `upstream`. */
export async function startNginx(rolo: string, upstream: string): Promise<{ url: string; stop(): Promise<void> }> {
  const program = nginx();
  if (!program) throw new Error('NGINX is not installed, and ROLO_FRONT=nginx asks for it.');
  const folder = await mkdtemp(join(tmpdir(), 'rolo-nginx-'));
  for (let tries = 1; ; tries += 1) {
    const [http, https] = (await freePorts(2)) as [number, number];
    await configure(rolo, upstream, folder, http, https);
    const child = spawn(program, ['-p', folder, '-c', join(folder, 'main.conf'), '-g', 'daemon off;'], { stdio: 'ignore' });
    await until(async () => child.exitCode !== null || (await answers(https)), 'NGINX does not listen');
    if (child.exitCode === null) {
      const front = { url: `https://localhost:${https}`, stop: () => ended(child).then(() => rm(folder, { recursive: true, force: true })) };
      // Whoever answers there is NGINX, and behind it Rolo.
      const { headers, ok } = await fetch(`${front.url}/healthz`);
      if (ok && headers.get('server') === 'nginx') return front;
      await front.stop();
      throw new Error(`NGINX is not what answers at ${front.url}: ${headers.get('server')}`);
    }
    const why = await readFile(join(folder, 'error.log'), 'utf8').catch(() => 'it said nothing');
    if (tries === TRIES || !why.includes('in use')) throw new Error(`NGINX ended: ${why}`);
  }
}

/** What Rolo prints, and around it what keeps this NGINX out of the system's folders. */
async function configure(rolo: string, upstream: string, folder: string, http: number, https: number): Promise<void> {
  const { certificate: file, key } = certificate();
  const words = ['config', 'nginx', '--data', folder, '--address', '127.0.0.1', '--http', String(http), '--https', String(https), '--certificate', file, '--key', key];
  const { stdout: site } = await promisify(execFile)(rolo, words, { env: { ...BEHIND, ROLO_SERVER__LISTEN: new URL(upstream).host } });
  await writeFile(join(folder, 'rolo.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  // Started by the superuser it would give its workers to somebody who cannot write here.
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};\n` : '';
  await writeFile(join(folder, 'main.conf'), `${user}worker_processes 1;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\nevents { worker_connections 1024; }\nhttp { include /etc/nginx/mime.types; access_log off; ${temporary} include ${folder}/rolo.conf; }\n`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    // It takes its workers along.
    child.kill('SIGTERM');
  });
}
