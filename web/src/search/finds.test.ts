// Whom only the server finds: shown as soon as its index has them, without another key.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { computed, defineComponent, h, ref, type Ref } from 'vue';
import { person } from '@/contact/people.fixture';
import { createRolo, provideRolo } from '@/rolo';
import { useServerFinds } from './useServerFinds';

const ann = person({ id: 'a', name: 'Ann Lee' });
const bo = person({ id: 'b', name: 'Bo Finch' });
type Answer = () => Response | Promise<Response>;
const page = (items: object[], more: object = {}): Answer => () => Response.json({ items, next: null, total: items.length, ...more });
const behind = page([], { behind: true });
const down: Answer = () => Response.json({ title: 'Unavailable', status: 503, detail: 'Nothing is lost.' }, { status: 503 });

let view: VueWrapper | undefined;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  view?.unmount();
  vi.useRealTimers();
});

/** Looks for `query`; the server gives these answers in turn, the last of them for ever. */
function looking(answers: readonly Answer[], query: Ref<string> = ref('ukulele')) {
  const asked: URLSearchParams[] = [];
  const rolo = createRolo({
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== '/v1/contacts') return Response.json({ items: [], next: null, total: 0 });
      asked.push(searchParams);
      return answers[Math.min(asked.length, answers.length) - 1]!();
    },
    origin: 'http://rolo.test', now: () => 0, shift: () => 0,
  });
  const tell = (...people: (typeof ann)[]) => rolo.book.take(people.map((value) => ({ type: 'contact' as const, id: value.id, book: value.book, modseq: value.modseq, gone: false, value })));
  tell(ann);
  const found = defineComponent(() => {
    const finds = useServerFinds(query);
    const people = computed(() => finds.merged([]));
    return () => h('ul', { class: { pending: finds.pending.value } }, people.value.map((one) => h('li', one.name)));
  });
  view = mount(found, { global: { plugins: [{ install: (app) => provideRolo(app, rolo) }] } });
  return { asked, query, tell, shown: () => view!.findAll('li').map((line) => line.text()) };
}
async function passed(ms: number) {
  await flushPromises();
  await vi.advanceTimersByTimeAsync(ms);
  await flushPromises();
}

it('asks again while the index still follows, and then no more', async () => {
  const { asked, shown } = looking([behind, behind, page([bo])]);
  await passed(0);
  expect(shown()).toEqual([]);
  await passed(60_000);
  expect(shown()).toEqual(['Bo Finch']);
  expect(asked).toHaveLength(3);
});

it('asks again when the server could not answer, but not when it refuses what was typed', async () => {
  const once = looking([down, page([bo])]);
  await passed(60_000);
  expect(once.shown()).toEqual(['Bo Finch']);
  view!.unmount();
  const never = looking([() => Response.json({ title: 'Invalid', status: 422, detail: 'Too long.' }, { status: 422 })]);
  await passed(60_000);
  expect(never.asked).toHaveLength(1);
  expect(view!.get('ul').classes()).not.toContain('pending');
});

it('asks again when the book has news', async () => {
  const { asked, tell, shown } = looking([page([]), page([bo])]);
  await passed(60_000);
  expect(asked).toHaveLength(1);
  tell({ ...bo, modseq: 9 });
  await passed(60_000);
  expect(asked).toHaveLength(2);
  expect(shown()).toEqual(['Bo Finch']);
});

it('leaves a query that is no longer asked, and gives up on an index that never comes', async () => {
  const { asked, query } = looking([behind]);
  await passed(0);
  query.value = 'uku';
  await passed(3_600_000);
  expect(asked[0]!.get('q')).toBe('ukulele');
  expect(asked.slice(1).every((one) => one.get('q') === 'uku')).toBe(true);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.length).toBeLessThan(40);
  const many = asked.length;
  query.value = '';
  await passed(3_600_000);
  expect(asked).toHaveLength(many);
});

it('brings those behind the first page, unless they are more than anybody reads', async () => {
  const { asked, shown } = looking([page([ann], { next: 'on', total: 2 }), page([bo])]);
  await passed(0);
  expect(shown()).toEqual(['Ann Lee', 'Bo Finch']);
  expect(asked.map((one) => [one.get('limit'), one.get('cursor')])).toEqual([['50', null], ['1000', 'on']]);
  view!.unmount();
  const many = looking([page([ann], { next: 'on', total: 1000, more: true })]);
  await passed(60_000);
  expect(many.shown()).toEqual(['Ann Lee']);
  expect(many.asked).toHaveLength(1);
});
