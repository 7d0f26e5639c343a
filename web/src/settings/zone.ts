// Time zones: minutes east of UTC at a moment, and the list to choose from. The browser knows them; nothing here is drawn
// before it has the page.

const clocks = new Map<string, Intl.DateTimeFormat | null>();

function clockOf(zone: string): Intl.DateTimeFormat | null {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    try {
      clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' });
    } catch {
      // A zone this browser does not know: its own is used.
      clock = null;
    }
    clocks.set(zone, clock);
  }
  return clock;
}

/** Minutes east of UTC in a zone at a moment; nothing for an unknown zone. */
export function shiftIn(zone: string, at: number): number | null {
  const clock = clockOf(zone);
  if (!clock) return null;
  const parts = Object.fromEntries(clock.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const there = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!);
  return Math.round((there - Math.floor(at / 60_000) * 60_000) / 60_000);
}

export function zones(): readonly string[] {
  return Intl.supportedValuesOf('timeZone');
}
