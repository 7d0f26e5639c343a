// Traps for a first render: whatever only a browser has, or answers differently there, throws when it is asked, and is
// written down, so that a page which swallows the error is caught too.

/** What was asked, in the order it was asked. */
export type Asked = string[];

const DateOf = Date;
const globals = globalThis as Record<string, unknown>;

/** An object that is there for `typeof` and throws whatever is done with it. */
function untouchable(name: string, spring: (what: string) => never): object {
  return new Proxy(function () {}, { get: (_, key) => spring(`${name}.${String(key)}`), apply: () => spring(`${name}()`), construct: () => spring(`new ${name}`), has: () => spring(`in ${name}`) });
}

/** Things that the server has in another way or not at all. `window` and `document` are not there: to use them throws by itself. */
const OBJECTS = ['Intl', 'localStorage', 'sessionStorage', 'navigator', 'location', 'history', 'matchMedia', 'crypto', 'fetch', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'structuredClone', 'AbortController', 'Headers'];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'requestIdleCallback'];
const METHODS: readonly [string, object, string][] = [
  ['Math', Math, 'random'], ['Date.prototype', Date.prototype, 'toLocaleString'], ['Date.prototype', Date.prototype, 'toLocaleDateString'], ['Date.prototype', Date.prototype, 'toLocaleTimeString'],
  ['Date.prototype', Date.prototype, 'getTimezoneOffset'], ['Date.prototype', Date.prototype, 'getHours'], ['Date.prototype', Date.prototype, 'getDate'], ['Date.prototype', Date.prototype, 'toString'],
  ['Number.prototype', Number.prototype, 'toLocaleString'], ['Array.prototype', Array.prototype, 'toLocaleString'], ['String.prototype', String.prototype, 'localeCompare'],
  ['String.prototype', String.prototype, 'toLocaleLowerCase'], ['String.prototype', String.prototype, 'toLocaleUpperCase'],
];

/** Runs `render` among the traps. Answers what was asked; what it threw for another reason is thrown on. */
export async function amongTraps(render: () => Promise<unknown>): Promise<Asked> {
  const asked: Asked = [];
  const spring = (what: string): never => {
    asked.push(what);
    throw new Error(`a first render asks for ${what}`);
  };
  const undo: (() => void)[] = [];
  const put = (holder: object, name: string, value: unknown) => {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, { value, configurable: true, writable: true });
    undo.push(() => (before ? Object.defineProperty(holder, name, before) : Reflect.deleteProperty(holder, name)));
  };
  for (const name of OBJECTS) put(globals, name, untouchable(name, spring));
  for (const name of TIMERS) put(globals, name, () => spring(name));
  for (const [holder, on, name] of METHODS) put(on, name, () => spring(`${holder}.${name}`));
  put(globals, 'Date', new Proxy(DateOf, {
    construct: (Real, args) => (args.length === 0 ? spring('new Date()') : Reflect.construct(Real, args)),
    apply: () => spring('Date()'), get: (Real, key) => (key === 'now' ? () => spring('Date.now') : Reflect.get(Real, key)),
  }));
  try {
    await render();
  } catch (error) {
    if (error instanceof ReferenceError) asked.push(error.message);
    else if (asked.length === 0) throw error;
  } finally {
    for (const back of undo.reverse()) back();
  }
  return asked;
}
