// Whether a page is drawn for whoever asks, and with which status; or where they are led instead.
import type { RouteLocation } from 'vue-router';
import { safePath } from '@/account/guard';
import type { Label } from '@/api/types';
import type { Answers } from './answers';
import { ACCOUNT, LABELS, listCalls, SETUP } from './calls';

export type Verdict = { status: number; location?: undefined } | { status: 303; location: string };

export function judge(route: RouteLocation, answers: Answers): Verdict {
  const all = Object.values(answers);
  if (all.some(({ status }) => status === 503)) return { status: 503 };
  const signedIn = answers[ACCOUNT]?.status === 200;
  if (route.meta.door) {
    if (signedIn) return { status: 303, location: safePath(route.query.next) };
    return answers[SETUP]?.status === 200 ? { status: 303, location: '/setup' } : { status: 200 };
  }
  if (!signedIn) return { status: 303, location: route.fullPath === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(route.fullPath)}` };
  const rows = listed(route) ? listCalls(route, answers)?.rows : undefined;
  // A cursor of another time or another list: the list begins anew.
  if (rows && answers[rows]?.status !== 200 && route.query.after) return { status: 303, location: route.fullPath.replace(/([?&])after=[^&]*&?/, '$1').replace(/[?&]$/, '') };
  if (route.name === 'nowhere' || unknownLabel(route, answers) || all.some(({ status }) => status >= 400)) return { status: 404 };
  return { status: 200 };
}

/** Whether this page is a list of contacts. */
export const listed = ({ name }: Pick<RouteLocation, 'name'>): boolean => ['contacts', 'label', 'search', 'hidden'].includes(String(name));

function unknownLabel(route: RouteLocation, answers: Answers): boolean {
  const labels = (answers[LABELS]?.body as { items?: Label[] } | undefined)?.items ?? [];
  return route.name === 'label' && !labels.some(({ id }) => id === route.params.label);
}
