// Who is signed in. Knows whether there is an account at all, so that the first visit leads to set-up.
import { computed, ref, shallowRef } from 'vue';
import type { Api } from '@/api/client';
import { asRefusal, type Refusal } from '@/api/refusal';
import type { Account, Settings } from '@/api/types';

export type SessionState = 'unknown' | 'in' | 'out' | 'fresh';

/** What somebody changes of their account. `null` takes a setting away. */
export interface Wish {
  name?: string;
  settings?: Settings;
}
const wished = (now: Account, { name, settings }: Wish): Account => ({ ...now, ...(name !== undefined && { name }), settings: { ...now.settings, ...settings } });

/** Whether this browser has been signed in, as it may remember: no more than yes or no. */
export interface Trace {
  seen(): boolean;
  keep(signedIn: boolean): void;
}

/** What this device knows of whoever was signed in when Rolo last answered. */
export interface Keeper {
  account(): Promise<Account | null>;
  /** Somebody is signed in: what is kept of anybody else goes. */
  adopt(account: Account): Promise<void>;
  /** The kept account, once the server took too long to say who is there; never, where none is kept. */
  overdue(asked: Promise<unknown>): Promise<Account>;
}

/** `another`: it turned out that somebody else is signed in than this device thought. */
export function createSession(api: Api, trace?: Trace, keeper?: Keeper, another: () => void = () => {}) {
  /** Who is in, as the server said at last. */
  const said = shallowRef<Account | null>(null);
  /** What was changed here and is on its way, in its order. */
  const wishes = shallowRef<readonly Wish[]>([]);
  const account = computed<Account | null>({
    get: () => said.value && wishes.value.reduce(wished, said.value),
    set: (now) => (said.value = now),
  });
  const state = ref<SessionState>('unknown');
  const problem = shallowRef<Refusal | null>(null);
  /** Somebody is in by this device's word alone. */
  let unproven = false;
  let sending: Promise<unknown> = Promise.resolve();

  async function load(): Promise<SessionState> {
    problem.value = null;
    const asked = api.answer(api.client.GET('/v1/account')).then(async ({ data }) => {
      await keeper?.adopt(data);
      return data;
    });
    try {
      const late = keeper?.overdue(asked).then((known) => {
        unproven = true;
        return known;
      });
      unproven = false;
      said.value = await (late ? Promise.race([asked, late]) : asked);
      state.value = 'in';
      trace?.keep(true);
      if (unproven) void asked.then(proven, () => {});
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.status === 401) trace?.keep(false);
      const known = refusal.status === 401 ? null : await keeper?.account();
      said.value = known ?? null;
      unproven = account.value !== null;
      if (refusal.status !== 401) problem.value = refusal;
      state.value = refusal.status === 401 ? await whetherFresh() : known ? 'in' : 'unknown';
    }
    return state.value;
  }

  /** Who is there, as the server found out when it drew the page. What this device keeps of anybody else is gone before they are in. */
  async function begin(found: Account | null): Promise<void> {
    if (found) await keeper?.adopt(found);
    trace?.keep(found !== null);
    said.value = found;
    state.value = found ? 'in' : 'out';
  }

  /** Before anything is asked or sent in somebody's name: that it is still theirs. Another one's book must not be mixed with it. */
  async function prove(): Promise<void> {
    if (!unproven || !account.value) return;
    const { data } = await api.answer(api.client.GET('/v1/account'));
    await keeper?.adopt(data);
    proven(data);
  }
  function proven(now: Account) {
    if (!unproven) return;
    unproven = false;
    const before = account.value?.id;
    said.value = now;
    if (now.id !== before) another();
  }

  /** The account changed elsewhere: take it in. Without an answer what is known stays. */
  async function follow(): Promise<void> {
    try {
      const { data } = await api.answer(api.client.GET('/v1/account'));
      await keeper?.adopt(data);
      said.value = data;
    } catch {
      // The next change, or the next page load, brings it.
    }
  }

  /** Changes the account: shown at once, and as it was when refused; the refusal is thrown on. One change follows the other, so that the last word is the last wish. */
  async function save(wish: Wish): Promise<void> {
    if (!said.value) return;
    wishes.value = [...wishes.value, wish];
    const sent = sending.then(() => api.answer(api.client.PATCH('/v1/account', { params: { header: { 'If-Match': '*' } }, body: wish })));
    sending = sent.catch(() => {});
    try {
      said.value = (await sent).data;
    } finally {
      wishes.value = wishes.value.filter((one) => one !== wish);
    }
  }

  /** Whether the first account is still to be made here. */
  async function whetherFresh(): Promise<'fresh' | 'out'> {
    try {
      await api.answer(api.client.GET('/v1/setup'));
      return 'fresh';
    } catch {
      return 'out';
    }
  }

  async function signIn(email: string, password: string): Promise<void> {
    try {
      await api.answer(api.client.POST('/v1/sessions', { body: { email, password } }));
    } catch (error) {
      // Where there is no account yet nobody can be let in: the first one is made at set-up.
      if (asRefusal(error).status === 401) state.value = await whetherFresh();
      throw error;
    }
    await load();
  }

  async function setUp(said: { code: string; name: string; email: string; password: string }): Promise<void> {
    await api.answer(api.client.POST('/v1/setup', { body: said }));
    await load();
  }

  /** Ends the session. The page is then left for good, so that nothing of the book stays in memory. */
  async function signOut(): Promise<void> {
    await api.answer(api.client.DELETE('/v1/sessions/{session}', { params: { path: { session: 'current' } } }));
  }

  return { account, state, problem, load, begin, prove, follow, save, whetherFresh, signIn, setUp, signOut };
}

export type Session = ReturnType<typeof createSession>;
