// Who is asking: a cookie, looked up in Redis at each request.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const COOKIE = '__Host-session';
const DAYS_30 = 30 * 24 * 60 * 60;
const derive = promisify(scrypt);

/** A password as it is kept: salt and hash. */
export async function sealed(password, salt = randomBytes(16)) {
  const hash = await derive(password, salt, 32);
  return `${salt.toString('base64')}.${hash.toString('base64')}`;
}

async function opens(password, kept) {
  const again = await sealed(password, Buffer.from(kept.split('.')[0], 'base64'));
  return timingSafeEqual(Buffer.from(again), Buffer.from(kept));
}

/** For every route that wants somebody signed in: `request.visitor`, or 401. */
export async function signedIn(request, reply) {
  const token = request.cookies[COOKIE];
  const kept = token === undefined ? null : await request.server.redis.get(`session:${token}`);
  if (kept === null) return reply.code(401).send({ title: 'You are not signed in.', status: 401 });
  request.visitor = JSON.parse(kept);
}

const signIn = {
  body: {
    type: 'object',
    required: ['email', 'password'],
    properties: { email: { type: 'string', maxLength: 254 }, password: { type: 'string', maxLength: 1024 } },
  },
};

/** POST /v1/sessions. */
export async function sessions(server) {
  server.post('/sessions', { schema: signIn }, async (request, reply) => {
    const { email, password } = request.body;
    const [[account]] = await server.pool.execute('select id, organisation, password from account where email = ?', [email]);
    if (account === undefined || !(await opens(password, account.password))) {
      return reply.code(401).send({ title: 'E-mail and password do not belong together.', status: 401 });
    }
    const token = randomBytes(32).toString('base64url');
    const visitor = JSON.stringify({ account: account.id, organisation: account.organisation });
    await server.redis.set(`session:${token}`, visitor, 'EX', DAYS_30);
    reply.setCookie(COOKIE, token, { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: DAYS_30 });
    return reply.code(201).send();
  });
}
