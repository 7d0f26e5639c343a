// Numbers, dates and moments as text, from a small table per language: the server's first paint and the browser must
// write the same, so there is no Intl here. The zone arrives as a function, for only the browser knows its own.

export interface FormatTable {
  group: string;
  months: readonly string[];
  /** How a date reads; `year` is left out when it is the present one. */
  date: (day: number, month: string, year: number | null) => string;
  today: string;
  yesterday: string;
}

export interface PartialDate {
  year?: number;
  month?: number;
  day?: number;
}

export function createFormat(table: FormatTable) {
  function number(value: number): string {
    return String(value).replace(/\B(?=(\d{3})+$)/g, table.group);
  }

  /** A date that may lack its year, its day, or both. */
  function partialDate({ year, month, day }: PartialDate): string {
    const name = month ? table.months[month - 1] : undefined;
    if (name && day) return table.date(day, name, year ?? null);
    if (name) return year ? `${name} ${year}` : name;
    return year ? String(year) : '';
  }

  /** “16:42”, “Yesterday”, “3 November”, and the year only when it differs. `shift` is minutes east of UTC. */
  function moment(at: string, now: number, shift: number): string {
    const then = new Date(Date.parse(at) + shift * 60_000);
    const present = new Date(now + shift * 60_000);
    const days = Math.floor(present.getTime() / 86_400_000) - Math.floor(then.getTime() / 86_400_000);
    const clock = `${String(then.getUTCHours()).padStart(2, '0')}:${String(then.getUTCMinutes()).padStart(2, '0')}`;
    if (days === 0) return `${table.today}, ${clock}`;
    if (days === 1) return `${table.yesterday}, ${clock}`;
    const year = then.getUTCFullYear() === present.getUTCFullYear() ? null : then.getUTCFullYear();
    return table.date(then.getUTCDate(), table.months[then.getUTCMonth()]!, year);
  }

  /** The day alone: “Today”, “Yesterday”, “16 November”. */
  function day(at: string, now: number, shift: number): string {
    return moment(at, now, shift).split(', ')[0]!;
  }
  function clock(at: string, shift: number): string {
    return new Date(Date.parse(at) + shift * 60_000).toISOString().slice(11, 16);
  }

  return { number, partialDate, moment, day, clock };
}

export type Format = ReturnType<typeof createFormat>;
