import { expect, it } from 'vitest';
import { createApi } from '@/api/client';
import { runBatch, type Item } from './batch';

interface Body { atomic: boolean; items: Item[] }
function serving(answer: (body: Body, at: number) => Response) {
  const bodies: Body[] = [];
  const api = createApi(async (request) => {
    const body = (await request.json()) as Body;
    bodies.push(body);
    return answer(body, bodies.length);
  }, 'http://rolo.test');
  return { api, bodies };
}
const done = (body: Body, at: number, statuses = body.items.map(() => 200)) =>
  Response.json({ batch: `b${at}`, items: statuses.map((status) => (status < 400 ? { status } : { status, error: { detail: 'Newer.', status } })) }, { headers: { 'Rolo-Batch': `b${at}` } });
const refused = (status: number) => new Response(JSON.stringify({ status, detail: 'No.' }), { status, headers: { 'content-type': 'application/problem+json' } });
const stars = (count: number): Item[] => Array.from({ length: count }, (_, n) => ({ op: 'star', contact: `c${n}` }));

it('cuts many into pieces of a thousand, and tells the batch of each', async () => {
  const { api, bodies } = serving(done);
  expect(await runBatch(api, stars(2500), 's')).toEqual({ batches: ['b1', 'b2', 'b3'], left: 0, why: undefined });
  expect(bodies.map((body) => [body.atomic, body.items.length])).toEqual([[true, 1000], [true, 1000], [true, 500]]);
});

it('lets one newer card stand aside: the others are changed', async () => {
  const { api, bodies } = serving((body, at) => (body.atomic ? refused(412) : done(body, at, [200, 412, 200])));
  expect(await runBatch(api, stars(3), 's')).toEqual({ batches: ['b2'], left: 1, why: 'Newer.' });
  expect(bodies.map((body) => body.atomic)).toEqual([true, false]);
});

it('is refused as a whole when nobody answers for any of them', async () => {
  const { api, bodies } = serving(() => refused(503));
  await expect(runBatch(api, stars(3), 's')).rejects.toMatchObject({ status: 503, detail: 'No.' });
  expect(bodies).toHaveLength(1);
});

it('keeps what was done before a failure half way, so that it can be undone', async () => {
  const { api } = serving((body, at) => (at === 1 ? done(body, at) : refused(503)));
  expect(await runBatch(api, stars(2500), 's')).toEqual({ batches: ['b1'], left: 1500, why: 'No.' });
});
