// Which door a visitor stands at: set-up while there is no account, sign-in without a session, else the page asked for.
import type { RouteLocationRaw, Router } from 'vue-router';
import type { Rolo } from '@/rolo';

/** Only a path of this site is gone back to after sign-in: an address in a link must not lead elsewhere. */
export function safePath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}

export function guard(router: Router, rolo: Rolo) {
  const { session } = rolo;
  router.beforeEach(async (to): Promise<RouteLocationRaw | boolean> => {
    // Nobody was signed in here before: the door need not ask first, and says so if there is no account to sign in to.
    const stranger = session.state.value === 'unknown' && rolo.around.trace?.seen() === false;
    if (stranger && to.name === 'sign-in') session.state.value = 'out';
    if (stranger && to.name === 'setup' && (await session.whetherFresh()) === 'fresh') session.state.value = 'fresh';
    if (session.state.value === 'unknown') await session.load();
    const state = session.state.value;
    if (state === 'fresh') return to.name === 'setup' || { name: 'setup' };
    if (state === 'in') return to.meta.door ? safePath(to.query.next) : true;
    if (state === 'out') {
      if (to.name === 'sign-in') return true;
      return { name: 'sign-in', query: to.fullPath === '/' || to.name === 'setup' ? {} : { next: to.fullPath } };
    }
    // Rolo did not answer: the frame draws and says so.
    return true;
  });
}
