// Dates of a card: a whole one, one without its year, or a moment of which only the day is shown.
import type { Member } from './card';
import type { PartialDate } from '@/locales/format';

export function dateOf(member: Member | undefined): PartialDate {
  const date = member?.date as (PartialDate & { utc?: string }) | undefined;
  if (date?.utc) {
    const [year, month, day] = date.utc.slice(0, 10).split('-').map(Number);
    return { year: year!, month: month!, day: day! };
  }
  return date ?? {};
}
