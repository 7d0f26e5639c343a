import { expect, it, vi } from 'vitest';
import { createLive, type Locks, type Source } from './live';

function browser() {
  const sources: { url: string; readyState: number; closed: boolean; tell: (type: string, id?: string) => void }[] = [];
  const waiting: (() => void)[] = [];
  let held = false;
  const locks: Locks = {
    request: async (_name, { signal }, work) => {
      if (held) await new Promise<void>((go, no) => {
        waiting.push(go);
        signal.addEventListener('abort', () => no(signal.reason));
      });
      held = true;
      await work();
      held = false;
      waiting.shift()?.();
    },
  };
  const listeners: ((event: { data: unknown }) => void)[] = [];
  const timers: (() => void)[] = [];
  function tab(since: string) {
    let upto = since;
    const refresh = vi.fn(async () => {});
    const own: ((event: { data: unknown }) => void)[] = [];
    const live = createLive({
      listen: (url) => {
        const heard = new Map<string, (event: { lastEventId?: string }) => void>();
        const source = {
          url, readyState: 1, closed: false,
          tell: (type: string, id?: string) => heard.get(type)?.(id === undefined ? {} : { lastEventId: id }),
          addEventListener: (type: string, listener: (event: { lastEventId?: string }) => void) => void heard.set(type, listener),
          close() {
            this.closed = true;
          },
        };
        sources.push(source);
        return source satisfies Source;
      },
      locks,
      later: (act) => {
        timers.push(act);
        return () => timers.splice(timers.indexOf(act), 1);
      },
    }, { refresh, upto: () => upto } as never, {
      postMessage: (data) => listeners.filter((one) => !own.includes(one)).forEach((listener) => listener({ data })),
      addEventListener: (_type, listener) => void (own.push(listener), listeners.push(listener)),
    });
    return { live, refresh, knows: (now: string) => (upto = now) };
  }
  return { tab, sources, timers };
}
const settled = () => new Promise((go) => setTimeout(go, 0));

it('one tab listens, and all of them ask what changed, once', async () => {
  const { tab, sources } = browser();
  const [one, other] = [tab('a/1'), tab('a/1')];
  one.live.start();
  other.live.start();
  await settled();
  expect(sources.map(({ url }) => url)).toEqual(['/v1/events?since=a%2F1']);
  sources[0]?.tell('changes', 'b');
  expect([one.refresh.mock.calls.length, other.refresh.mock.calls.length]).toEqual([1, 1]);
  one.knows('c');
  sources[0]?.tell('changes', 'c');
  expect([one.refresh.mock.calls.length, other.refresh.mock.calls.length], 'what one wrote oneself is known').toEqual([1, 2]);
});

it('the next tab takes over when the one that listens is done', async () => {
  const { tab, sources } = browser();
  const [one, other] = [tab('a'), tab('b')];
  one.live.start();
  other.live.start();
  await settled();
  one.live.stop();
  await settled();
  await settled();
  expect(sources.map(({ url, closed }) => [url, closed])).toEqual([['/v1/events?since=a', true], ['/v1/events?since=b', false]]);
  sources[1]?.tell('changes', 'c');
  expect(one.refresh, 'a tab at the door asks nothing').not.toHaveBeenCalled();
});

it('a refused line is asked why at once, and tried again later', async () => {
  const { tab, sources, timers } = browser();
  const { live, refresh } = tab('a');
  live.start();
  await settled();
  const [first] = sources;
  first?.tell('error');
  expect([refresh.mock.calls.length, timers.length], 'a broken line is mended by the browser').toEqual([0, 0]);
  if (first) first.readyState = 2;
  first?.tell('error');
  expect([refresh.mock.calls.length, timers.length]).toEqual([1, 1]);
  timers.shift()?.();
  expect(sources).toHaveLength(2);
  if (sources[1]) sources[1].readyState = 2;
  sources[1]?.tell('error');
  live.stop();
  expect(timers, 'nobody comes again who has left').toHaveLength(0);
});
