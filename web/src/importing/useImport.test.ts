import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defineComponent, ref } from 'vue';
import type { Import } from '@/api/types';
import { createRolo, provideRolo } from '@/rolo';
import { useImport, type ImportWizard } from './useImport';

const made: Import = {
  id: 'i', book: 'b', state: 'mapping', name: 'fair.csv', format: 'csv', rows: 100, columns: [
    { index: 0, header: 'Name', samples: ['Ann'], field: 'name.full', label: null, guessed_by: 'header' }, { index: 1, header: 'Mobil', samples: ['070'], field: null, label: null, guessed_by: null },
  ], fields: [{ field: 'phones', title: 'Phone' }], counts: { new: 80, update: 10, same: 5, check: 4, refused: 1 }, done: 0, batch: null, encoding: null, delimiter: null, left_out: [], why: null, created_at: '2026-11-21T00:00:00Z',
};

let server: Import;
let calls: { call: string; body: unknown }[];
let down: boolean;

function wizard(id: string | null) {
  const wanted = ref<string | undefined>(undefined);
  const at = ref(id);
  const rolo = createRolo({
    fetch: async (request) => {
      if (down) throw new TypeError('no route');
      const url = new URL(request.url);
      const type = request.headers.get('content-type') ?? '';
      const body = request.method === 'GET' || request.method === 'DELETE' ? undefined : type.includes('json') ? await request.json() : `${type}: ${await request.text()}`;
      calls.push({ call: `${request.method} ${url.pathname}${url.search}`, body });
      if (request.method === 'POST' && url.pathname === '/v1/imports') return Response.json(server, { status: 201 });
      if (request.method === 'PATCH') server = { ...server, state: 'checked' };
      if (url.pathname.endsWith('/run')) server = { ...server, state: 'running' };
      if (url.pathname === '/v1/undo') {
        server = { ...server, state: 'undone' };
        return Response.json({ batch: 'b2', undone: 90, left: [{ contact: 'c', field: 'phones', why: 'changed' }] });
      }
      if (url.pathname === '/v1/changes') return Response.json({ items: [], since: '2', more: false });
      return url.pathname.startsWith('/v1/imports/i') ? Response.json(server) : new Response('{}', { status: 404, headers: { 'content-type': 'application/problem+json' } });
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  let found: ImportWizard | undefined;
  mount(defineComponent({ setup: () => { found = useImport(at, wanted); return () => null; } }), { global: { plugins: [{ install: (app) => provideRolo(app, rolo) }] } });
  return { wizard: found!, wanted, at };
}

beforeEach(() => {
  vi.useFakeTimers();
  server = structuredClone(made);
  calls = [];
  down = false;
});
afterEach(() => {
  vi.useRealTimers();
});

it('goes from the file to the end and back again', async () => {
  const { wizard: one, at, wanted } = wizard(null);
  expect(one.step.value).toBe('file');
  expect(await one.upload(new Blob(['a,b']), 'fair.csv', 'b')).toBe('i');
  expect(calls[0]).toEqual({ call: 'POST /v1/imports?book=b&name=fair.csv', body: 'text/csv: a,b' });

  at.value = 'i';
  await flushPromises();
  expect(one.step.value).toBe('columns');
  one.edits.set(1, { field: 'phones', label: 'mobile' });
  expect(one.columns.value[1]).toMatchObject({ field: 'phones', chosen: true, guessed_by: null });
  expect(await one.check()).toBe(true);
  expect(calls.at(-1)?.body).toEqual({ columns: [{ index: 0, field: 'name.full', label: null }, { index: 1, field: 'phones', label: 'mobile' }] });
  wanted.value = 'check';
  expect(one.step.value).toBe('check');
  expect(one.toWrite.value).toBe(90);
  await one.decide(7, 'new');
  expect(one.toWrite.value).toBe(91);
  one.rest.value = 'update';
  expect(one.toWrite.value).toBe(94);

  await one.run();
  expect(calls.find(({ call }) => call.endsWith('/run'))?.body).toEqual({ check: 'update' });
  expect(one.step.value).toBe('import');
  server = { ...server, done: 50 };
  await vi.advanceTimersByTimeAsync(700);
  expect(one.percent.value).toBe(50);
  server = { ...server, state: 'done', done: 100, batch: 'b1' };
  await vi.advanceTimersByTimeAsync(700);
  expect(one.step.value).toBe('done');
  const asked = calls.length;
  await vi.advanceTimersByTimeAsync(5000);
  expect(calls.length).toBe(asked);

  expect(await one.takeBack()).toBe(1);
  expect(one.one.value?.state).toBe('undone');
});

it('does not ask for a new check when nothing was changed', async () => {
  server = { ...server, state: 'checked' };
  const { wizard: one } = wizard('i');
  await flushPromises();
  const asked = calls.length;
  expect(await one.check()).toBe(true);
  expect(calls.length).toBe(asked);
});

it('keeps watching a running import through a silence, and says so', async () => {
  server = { ...server, state: 'running' };
  const { wizard: one } = wizard('i');
  await flushPromises();
  down = true;
  await vi.advanceTimersByTimeAsync(700);
  expect(one.problem.value?.unreachable).toBe(true);
  expect(one.step.value).toBe('import');
  down = false;
  server = { ...server, state: 'done', done: 100 };
  await vi.advanceTimersByTimeAsync(4000);
  expect(one.step.value).toBe('done');
  expect(one.problem.value).toBeNull();
});

it('stays where it was when a step is refused', async () => {
  const { wizard: one } = wizard('i');
  await flushPromises();
  down = true;
  expect(await one.run()).toBeUndefined();
  expect(one.step.value).toBe('columns');
  expect(one.busy.value).toBe(false);
  expect(one.problem.value?.unreachable).toBe(true);
});
