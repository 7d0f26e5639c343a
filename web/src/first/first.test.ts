// @vitest-environment node
// The server's first paint: what it asks for, what it draws of the answers, and that nothing of one visitor is left for the next.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createMemoryHistory } from 'vue-router';
import { describe, expect, it } from 'vitest';
import { DRAWN } from '../../vite.config';
import type { Account, Summary } from '@/api/types';
import { person } from '@/contact/people.fixture';
import { createPages } from '@/router';
import { needs, render } from '@/server';
import { amongTraps } from '@/traps.fixture';
import type { Answers, Visit } from './answers';

const VISIT: Visit = { now: Date.parse('2026-11-22T10:00:00Z'), secure: true };
const PHOTO = 'ab12'.repeat(16);
const ID = '0199aaaa-0000-7000-8000-000000000001';

interface World {
  name: string;
  people: Summary[];
  settings?: Account['settings'];
  signedIn?: boolean;
  resting?: boolean;
  fresh?: boolean;
}
const crowd = (word: string, count: number, starred = 3) =>
  Array.from({ length: count }, (_, n) => person({ id: `${word}-${n}`, name: `${word} ${String(n).padStart(3, '0')}`, emails: [`${word}${n}@x.example`], starred: n % 10 === 5 && n < starred * 10, labels: [`label-${word}`] }));

/** What an API would answer. */
function api({ name, people, settings = {}, signedIn = true, resting = false, fresh = false }: World) {
  return (path: string): { status: number; body: unknown } => {
    const { pathname, searchParams: asked } = new URL(path, 'http://x');
    const ok = (body: unknown) => ({ status: 200, body });
    if (resting) return { status: 503, body: { status: 503, title: 'Unavailable', detail: 'The database does not answer.' } };
    if (pathname === '/v1/setup') return fresh ? ok({ open: true, services: [] }) : { status: 404, body: {} };
    if (!signedIn) return { status: 401, body: {} };
    if (pathname === '/v1/account') return ok({ id: `a-${name}`, name, email: `${name}@x.example`, role: 'owner', organisation: { id: 'o', name: `House of ${name}` }, settings });
    if (pathname === '/v1/labels') return ok({ items: [{ id: `label-${name}`, book: 'b', name: `Label of ${name}`, contacts: people.length, hue: null }] });
    if (pathname === '/v1/books') return ok({ items: [{ id: 'b', name: `Book of ${name}`, binned: 2, contacts: people.length, access: 'manage', owner: `a-${name}` }] });
    if (pathname === '/v1/contacts') {
      const fits = people.filter((one) => (asked.get('starred') !== 'true' || one.starred) && one.name.includes(asked.get('q') ?? ''));
      const [from, limit] = [Number(asked.get('cursor') ?? 0), Number(asked.get('limit'))];
      if (Number.isNaN(from)) return { status: 422, body: {} };
      return ok({ items: fits.slice(from, from + limit), next: from + limit < fits.length ? String(from + limit) : null, total: fits.length });
    }
    if (pathname === `/v1/contacts/${ID}`) {
      const card = { name: { full: `Card of ${name}`, components: [{ kind: 'given', value: 'Card of' }, { kind: 'surname', value: name }] }, emails: { e: { address: `card-${name}@x.example` } }, notes: { n: { note: `A note of ${name}` } }, media: { m: { kind: 'photo', mediaType: 'image/png', uri: `rolo:blob:${PHOTO}` } } };
      return ok({ id: ID, book: 'b', kind: 'individual', uid: 'u', revision: 'r', modseq: 1, labels: [`label-${name}`], starred: true, hidden: false, created_at: '', updated_at: '', deleted_at: null, card });
    }
    if (pathname === '/v1/bin') return ok({ items: people.slice(0, 2).map((one) => ({ ...one, deleted_at: '2026-11-20T10:00:00Z' })), next: null, total: 2 });
    if (pathname === '/v1/batches') {
      const batch = { act: 'edit', at: '2026-11-21T23:30:00Z', by: { id: `b-${name}`, name: `Somebody of ${name}` }, contacts: 1, device: null, door: 'web', summary: `Card of ${name}`, undoes: null, undone_by: null };
      return ok({ items: [{ ...batch, id: '1' }, { ...batch, id: '2', act: 'moment', summary: '2026-11-01T00:00:00Z' }], next: null });
    }
    if (pathname === '/v1/organisations/o') return ok({ id: 'o', name: `House of ${name}`, created_at: '2026-01-02T00:00:00Z', details: {} });
    if (pathname === '/v1/organisations/o/members') return ok({ items: [{ account: `a-${name}`, name, email: `${name}@x.example`, role: 'owner' }], next: null, total: 1 });
    return { status: 404, body: {} };
  };
}

/** As the server does it: two rounds of questions, then the drawing. */
async function visit(url: string, world: World, more: Partial<Visit> = {}) {
  const answers: Record<string, { status: number; body: unknown }> = {};
  const rounds: string[][] = [];
  for (let round = 0; round < 2; round += 1) {
    const wanted = needs(url, answers);
    if (!wanted) return null;
    if (wanted.length === 0) break;
    rounds.push(wanted);
    for (const path of wanted) answers[path] = api(world)(path);
  }
  // The third round, which there is not.
  const left = needs(url, answers);
  return { ...(await render(url, answers, { ...VISIT, ...more })), rounds, left, answers: answers as Answers };
}
const noor: World = { name: 'noor', people: crowd('noor', 80), settings: { theme: 'dark', density: 'compact' } };
const PAGES = ['/', '/labels/label-noor', '/search?q=noor', '/hidden', `/contacts/${ID}`, '/organisations/o/details', '/settings', '/help', '/nowhere/at/all', '/contacts/new', `/contacts/${ID}/edit`, '/companies', '/bin', '/history'];

describe('the first paint', () => {
  it.each(PAGES)('%s is drawn in the frame, whole in two rounds', async (url) => {
    const page = (await visit(url, noor))!;
    expect([page.left, page.rounds.length <= 2]).toEqual([[], true]);
    expect(page.html).toMatch(/<main id="main"[^]*<h1/);
    expect([page.lang, page.dir, page.theme, page.density, page.hydrate]).toEqual(['en', 'ltr', 'dark', 'compact', true]);
    expect(page.title).toMatch(/ · Rolo$/);
    expect(page.html).not.toMatch(/ style="/);
    expect(page.html).toContain('Label of noor');
  });

  it('says what each page is called', async () => {
    const titles = await Promise.all(PAGES.map(async (url) => (await visit(url, noor))!.title));
    expect(titles).toEqual(['Contacts', 'Label of noor', 'Results for “noor”', 'Hidden contacts', 'Card of noor', 'House of noor', 'Settings', 'Help', 'Not found', 'Create contact', 'Edit Card of noor', 'Companies', 'Bin', 'History'].map((title) => `${title} · Rolo`));
  });

  it('the list has the starred on top, fifty rows at most, and says where it goes on', async () => {
    const page = (await visit('/', noor))!;
    expect(page.html!.match(/class="person"/g)).toHaveLength(47);
    // What does nothing without scripts comes with them.
    expect(page.html).not.toContain('data-act="star"');
    expect(page.html!.indexOf('noor 005')).toBeLessThan(page.html!.indexOf('noor 000'));
    expect(page.html).toContain('href="/?after=47"');
    const seen = new Set([...page.html!.matchAll(/href="\/contacts\/(noor-\d+)"/g)].map(([, id]) => id));
    for (let next: string | undefined = '/?after=47'; next; ) {
      const more: string = (await visit(next, noor))!.html!;
      for (const [, id] of more.matchAll(/href="\/contacts\/(noor-\d+)"/g)) seen.add(id);
      next = /href="(\/\?after=\d+)" rel="next"/.exec(more)?.[1];
    }
    expect(seen.size).toBe(80);
  });

  it('with many starred nobody is out of reach', async () => {
    const world = { ...noor, people: crowd('noor', 700, 70) };
    const page = (await visit('/', world))!;
    expect(page.html!.match(/class="person"/g)!.length).toBeLessThanOrEqual(50);
    expect(page.html).toContain('href="/?starred=true"');
    const starred = (await visit('/?starred=true', world))!;
    expect(starred.html!.match(/class="person"/g)).toHaveLength(50);
    expect(starred.html).toContain('after=50');
  });

  it('follows the order the account chose', async () => {
    const page = (await visit('/', { ...noor, settings: { sort: 'family' } }))!;
    expect(page.rounds[1]!.every((path) => path.includes('sort=family'))).toBe(true);
  });

  it.each([['/nowhere/at/all', 404], ['/contacts/0199aaaa-0000-7000-8000-00000000dead', 404], ['/labels/nobodys', 404], ['/organisations/p/details', 404], ['/', 200]])('%s answers %i', async (url, status) => {
    expect((await visit(url, noor))!.status).toBe(status);
  });

  it('leads whoever is not signed in to the door and back, and nowhere else', async () => {
    const out = { ...noor, signedIn: false };
    expect((await visit(`/contacts/${ID}`, out))!.location).toBe(`/sign-in?next=%2Fcontacts%2F${ID}`);
    expect((await visit('/', out))!.location).toBe('/sign-in');
    expect((await visit('/sign-in?next=/help', noor))!.location).toBe('/help');
    for (const evil of ['//evil.example', 'https://evil.example', '/\\evil.example']) expect((await visit(`/sign-in?next=${encodeURIComponent(evil)}`, noor))!.location).toBe('/');
    expect((await visit('/sign-in', { ...out, fresh: true }))!.location).toBe('/setup');
    expect((await visit('/?after=rubbish', noor))!.location).toBe('/');
  });

  it('the door is drawn, with a refusal where a form was sent without scripts', async () => {
    const out = { ...noor, signedIn: false };
    const page = (await visit('/sign-in?next=/help', out, { refused: { email: 'a@b.example', problem: 'They do not belong together.' } }))!;
    expect(page.html).toContain('They do not belong together.');
    expect(page.html).toMatch(/<form[^>]* method="post" action="\/sign-in\?next=\/help"/);
    expect(page.html).toMatch(/name="email"[^>]* value="a@b.example"|value="a@b.example"[^>]* name="email"/);
    expect(page.html).toMatch(/<input[^>]* name="password"/);
    expect((await visit('/sign-in', out))!.html).not.toContain('role="alert"');
  });

  it('the bin and the history begin with their first lines, and leave times to the browser', async () => {
    const bin = (await visit('/bin', noor))!.html!;
    expect([bin.match(/class="binned"/g)!.length, bin.includes('noor 000'), bin.includes('28 days')]).toEqual([2, true, true]);
    const story = (await visit('/history', noor))!.html!;
    expect([story.match(/class="story-line"/g)!.length, story.includes('Somebody of noor'), story.includes('<h2 class="story-day"><i class="bone"')]).toEqual([2, true, true]);
    for (const html of [bin, story]) expect(html).not.toMatch(/\d\d:\d\d|yesterday|November/i);
  });

  it('a contact has its photo from the beginning', async () => {
    expect((await visit(`/contacts/${ID}`, noor))!.html).toContain(`src="/v1/contacts/${ID}/photo?v=${PHOTO}"`);
  });

  it('a form is drawn without fields: what is typed there is kept by scripts', async () => {
    for (const url of ['/contacts/new', `/contacts/${ID}/edit`]) {
      const page = (await visit(url, noor))!;
      expect([page.needs_scripts, /<form[^>]*class="scroll edit"/.test(page.html!), page.html!.includes('class="bone field-bone"')]).toEqual([true, true, true]);
      expect(page.html!.split('<main')[1]).not.toContain('<input');
    }
    expect((await visit('/history', noor))!.needs_scripts).toBe(false);
  });

  it('says so while the API rests, and leaves the rest to the browser', async () => {
    const page = (await visit('/', { ...noor, resting: true }))!;
    expect([page.status, page.hydrate]).toEqual([503, false]);
    expect(page.html).toContain('The database does not answer.');
  });

  it('a part that fails fails the page: nothing is drawn with a hole in it', async () => {
    const url = `/contacts/${ID}`;
    const { answers } = (await visit(url, noor))!;
    const broken = { ...answers, [`/v1/contacts/${ID}`]: { status: 200, body: { ...(answers[`/v1/contacts/${ID}`]!.body as object), labels: 7 } } };
    await expect(render(url, broken, VISIT)).rejects.toThrow();
  });

  it('a name stands at once in the order its reader chose', async () => {
    const drawn = (await visit(`/contacts/${ID}`, { ...noor, settings: { name_order: 'family' } }))!;
    expect(drawn.title).toContain('noor, Card of');
    expect(drawn.html).toContain('noor, Card of');
    expect((await visit(`/contacts/${ID}`, noor))!.title).toContain('Card of noor');
  });

  it.each(['/import', '/contacts/many', '/merge', '/setup', '/print'])('%s begins in the browser', async (url) => {
    expect(await visit(url, noor)).toBeNull();
  });

  it('the pages that are drawn are those of the bundle', () => {
    const source = readFileSync(new URL('../router.ts', import.meta.url), 'utf8');
    const drawn = source.split(/(?=\n\s+path: )/).filter((one) => one.includes('drawn: true')).map((one) => /pages\/(\w+)\.vue/.exec(one)![1]!);
    expect([...new Set(drawn)].sort()).toEqual([...DRAWN].sort());
    expect(createPages(createMemoryHistory()).getRoutes().filter((route) => route.meta.drawn)).toHaveLength(drawn.length);
  });

  it.each([...PAGES, '/sign-in'])('the drawing of %s asks nothing of a network, a timer, a clock, Intl or chance', async (url) => {
    const world = { ...noor, signedIn: url !== '/sign-in' };
    const { answers } = (await visit(url, world))!;
    expect(await amongTraps(() => render(url, answers, VISIT))).toEqual([]);
  });
});

/** What is somebody's own in a page. */
const found = (html: string, word: string) => html.split(word).length - 1;

describe('two visitors of one engine', () => {
  const other: World = { name: 'borislav', people: crowd('borislav', 80), settings: { theme: 'light' } };
  it.each(PAGES)('at %s, each finds nothing of the one before', async (url) => {
    for (const [me, them] of [[noor, other], [other, noor], [noor, other]] as const) {
      const page = (await visit(url.replace('noor', me.name), me))!;
      expect([found(page.html!, me.name) > 0, found(JSON.stringify(page), them.name)]).toEqual([true, 0]);
      expect(page.theme).toBe(me.settings!.theme);
    }
  });
  it('drawn side by side, too', async () => {
    const pages = await Promise.all([noor, other, noor, other].map((world) => visit('/', world)));
    expect(pages.map((page) => [found(page!.html!, 'noor') > 0, found(page!.html!, 'borislav') > 0])).toEqual([[true, false], [false, true], [true, false], [false, true]]);
  });
  it('what is another’s would be found (the control)', async () => {
    const kept: Summary[] = [];
    const leaking = async (world: World) => {
      kept.push(...world.people);
      return (await visit('/', { ...world, people: kept.slice(0, 40) }))!.html!;
    };
    await leaking(noor);
    expect(found(await leaking(other), 'noor')).toBeGreaterThan(0);
  });
});

describe('once a page is drawn', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const TIMES = 6;
  /** Of how many drawings of a page what they were drawn of is still held by anything. */
  async function held(url: string, hold: (answers: Answers) => void = () => {}) {
    const drawn: WeakRef<Answers>[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      const { answers } = (await visit(url, { ...noor, signedIn: url !== '/sign-in' }))!;
      drawn.push(new WeakRef(answers));
      hold(answers);
    }
    // The engine's own compiler holds a thing for a while, too.
    for (let turn = 0, left = TIMES; ; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      left = drawn.filter((answers) => answers.deref()).length;
      if (left <= 1 || turn === 20) return left;
    }
  }
  it.each([...PAGES, '/sign-in'])('nothing holds what %s was drawn of', async (url) => {
    // What was drawn last may still lie on the stack.
    expect(await held(url)).toBeLessThanOrEqual(1);
  });
  it('what is held would be found (the control)', async () => {
    const all: Answers[] = [];
    expect(await held('/', (answers) => all.push(answers))).toBe(TIMES);
    expect(all).toHaveLength(TIMES);
  });
});
