// A front before a Rolo, for what its own binary cannot play: pages from a folder (`ROLO_PAGES`, to try pages without building
// the program), and a new version of the app, in which every chunk has another name and the old ones are gone.

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { request as secure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** A running front. */
export interface Front {
  readonly url: string;
  /** From now on the app is another version. */
  release(): void;
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json',
};
const CHUNK = /-([\w-]{8})(\.(?:js|css))/g;
const NEXT = /-([\w-]{8})NEXT(\.(?:js|css))/;

/** Starts one before `upstream`. */
export async function startFront(upstream: string, pages?: string): Promise<Front> {
  let released = false;
  const server = createServer((asked, answer) => {
    void respond(asked, answer).catch(() => answer.destroy());
  });

  async function respond(asked: IncomingMessage, answer: ServerResponse) {
    const { pathname, search } = new URL(asked.url ?? '/', 'http://front');
    if (/^\/(?:v1|healthz|readyz|metrics|version)(?:\/|$)/.test(pathname)) return pass(asked, answer);
    const chunk = pathname.startsWith('/assets/');
    if (released && chunk && !NEXT.test(pathname)) return void answer.writeHead(404).end();
    const { status, headers, body } = await file((released ? pathname.replace(NEXT, '-$1$2') : pathname) + search, asked.headers.cookie);
    const small = pages && !released && String(asked.headers['accept-encoding']).includes('gzip') && (await readFile(join(pages, `${pathname}.gz`)).catch(() => null));
    if (small) return void answer.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': small.length }).end(asked.method === 'HEAD' ? undefined : small);
    const text = released && /html|javascript|css/.test(String(headers['content-type']));
    answer.writeHead(status, headers).end(text ? body.toString().replace(CHUNK, '-$1NEXT$2').replace('VERSION = "', 'VERSION = "next-') : body);
  }
  async function file(path: string, cookie?: string): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
    // A page is drawn for whoever asks, and may lead elsewhere.
    const known = await fetch(upstream + path, { redirect: 'manual', headers: { 'accept-encoding': 'identity', ...(cookie ? { cookie } : {}) } });
    const headers = Object.fromEntries(['content-type', 'location', 'cache-control', 'content-security-policy', 'x-content-type-options'].flatMap((name) => (known.headers.has(name) ? [[name, known.headers.get(name)!]] : [])));
    if (!pages) return { status: known.status, headers, body: Buffer.from(await known.arrayBuffer()) };
    await known.arrayBuffer();
    const { pathname } = new URL(path, upstream);
    const name = /\.\w+$/.test(pathname) ? pathname : '/index.html';
    const policy = headers['content-security-policy'] ?? (await policyOf());
    const body = await readFile(join(pages, name)).catch(() => null);
    if (!body) return { status: 404, headers: {}, body: Buffer.alloc(0) };
    return { status: 200, body, headers: { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream', 'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache', ...(name === '/index.html' ? { 'content-security-policy': policy } : {}) } };
  }
  const policyOf = async () => (await fetch(`${upstream}/`)).headers.get('content-security-policy') ?? '';

  function pass(asked: IncomingMessage, answer: ServerResponse) {
    // A web server that stands before Rolo knows its own name only.
    const through = new URL(upstream).protocol === 'https:';
    const headers = through ? { ...asked.headers, host: new URL(upstream).host } : asked.headers;
    const onward = (through ? secure : request)(upstream + asked.url, { method: asked.method!, headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      answer.flushHeaders();
      said.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  }

  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: () => (released = true),
    stop: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}
