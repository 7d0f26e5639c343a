import { describe, expect, it } from 'vitest';
import { createApi } from '@/api/client';
import { follow, percentOf, type Restore, upload } from './restore';

const state = (more: Partial<Restore> = {}): Restore => ({ octets: 0, running: true, what: 'contact', done: 1, of: 4, failed: null, ...more });
const setUp = (restore: Restore | null) => () => Response.json({ open: true, services: [], restore });
const nobody = () => Promise.reject(new TypeError('refused'));
const nowhere = () => Response.json({ status: 404 }, { status: 404, headers: { 'content-type': 'application/problem+json' } });

/** A server that answers these one after another, the last for ever. */
function serving(answers: (() => Response | Promise<Response>)[], ready: () => Response | Promise<Response> = () => Response.json({})) {
  const asked: Request[] = [];
  let at = 0;
  const api = createApi(async (request) => {
    asked.push(request);
    return request.url.endsWith('/readyz') ? ready() : answers[Math.min(at++, answers.length - 1)]!();
  }, 'http://rolo.example');
  return { api, asked };
}

describe('a restore', () => {
  it('is followed through a restart, and done once there is no set-up any more', async () => {
    const heard: number[] = [];
    let readiness = 0;
    const { api } = serving([setUp(state()), setUp(state({ done: 4 })), nobody, nowhere, nowhere], () => (readiness++ === 0 ? new Response('', { status: 503 }) : Response.json({})));
    expect(await follow(api, (now) => heard.push(now.done), () => false)).toBeNull();
    expect(heard).toEqual([1, 4]);
    expect(readiness).toBe(2);
  });
  it('that fails says why', async () => {
    const { api } = serving([setUp(state({ running: false, failed: 'The disk is full.' }))]);
    expect(await follow(api, () => {}, () => false)).toBe('The disk is full.');
  });
  it('sends its file with the code, and a refusal is told at its field', async () => {
    const { api, asked } = serving([() => new Response(null, { status: 204 })]);
    await upload(api, new Blob(['archive']), '4F7K-92QX', () => {});
    expect([asked[0]!.method, asked[0]!.headers.get('rolo-setup-code'), await asked[0]!.text()]).toEqual(['PUT', '4F7K-92QX', 'archive']);
    const refusing = serving([() => Response.json({ detail: 'This is not the code in the console.', field: 'rolo-setup-code' }, { status: 422 })]);
    await expect(upload(refusing.api, new Blob(['archive']), '0', () => {})).rejects.toMatchObject({ fields: { 'rolo-setup-code': 'This is not the code in the console.' } });
  });
  it('says how far it is', () => {
    expect([percentOf('send', state({ octets: 50 }), 200), percentOf('write', state(), 0), percentOf('write', null, 9), percentOf('open', null, 0)]).toEqual([25, 25, 0, 100]);
  });
});
