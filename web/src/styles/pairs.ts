// Which colours lie on which: the table that contrast.test.ts holds against tokens.css. A new pair is written here before it is used.

/** A ground from the farthest layer to the nearest: a wash such as `hover` lies on what is before it. */
export type Ground = string;
export interface Pair {
  ink: string;
  on: readonly Ground[];
  /** 4.5 for text; 3 for what is not text: edges of fields, icons that tell something, the ring of the focus, large text. */
  least: 4.5 | 3;
  /** Paper is light whatever the window is. */
  paper?: true;
}

/** The layers that text stands on, at rest and with the wash of hover and press on them. */
const LAYERS = ['canvas', 'panel', 'card', 'popover', 'field', 'selected', 'row-hover'] as const;
const WASHED = ['canvas hover', 'panel hover', 'card hover', 'popover hover', 'selected hover', 'row-hover hover', 'panel press', 'card press', 'popover press'] as const;
const PAGES = ['canvas', 'panel', 'card', 'popover'] as const;

export const PAIRS: readonly Pair[] = [
  { ink: 'text', on: [...LAYERS, ...WASHED], least: 4.5 },
  { ink: 'text-muted', on: [...LAYERS, ...WASHED], least: 4.5 },
  { ink: 'accent', on: [...PAGES, 'selected', 'row-hover', 'panel hover', 'card hover', 'popover hover', 'panel press', 'card press'], least: 4.5 },
  { ink: 'on-accent', on: ['accent', 'accent-hover'], least: 4.5 },
  { ink: 'on-accent-soft', on: ['accent-soft', 'accent-soft-hover', 'accent-soft hover'], least: 4.5 },
  { ink: 'on-tint', on: ['tint'], least: 4.5 },
  { ink: 'on-inverse', on: ['inverse', 'inverse hover'], least: 4.5 },
  { ink: 'inverse-accent', on: ['inverse', 'inverse hover'], least: 4.5 },
  { ink: 'danger', on: [...PAGES, 'panel hover', 'card hover', 'popover hover'], least: 4.5 },
  { ink: 'on-danger', on: ['danger'], least: 4.5 },
  { ink: 'on-danger-soft', on: ['danger-soft', 'danger-soft hover'], least: 4.5 },
  { ink: 'on-warn-soft', on: ['warn-soft', 'warn-soft hover'], least: 4.5 },
  { ink: 'on-ok-soft', on: ['ok-soft'], least: 4.5 },
  { ink: 'on-info-soft', on: ['info-soft', 'info-soft hover'], least: 4.5 },
  { ink: 'info', on: ['panel', 'card'], least: 4.5 },
  { ink: 'ok', on: ['panel', 'card'], least: 4.5 },
  { ink: 'text', on: ['#fff'], least: 4.5, paper: true },
  { ink: 'text-muted', on: ['#fff'], least: 4.5, paper: true },
  { ink: 'accent', on: ['#fff'], least: 4.5, paper: true },
  // Not text.
  { ink: 'focus', on: [...LAYERS, 'accent-soft', 'danger-soft', 'warn-soft', 'info-soft', 'panel hover', 'card hover', 'popover hover'], least: 3 },
  { ink: 'inverse-accent', on: ['inverse'], least: 3 },
  { ink: 'line-strong', on: [...PAGES, 'panel hover'], least: 3 },
  { ink: 'accent', on: [...PAGES, 'field', 'selected'], least: 3 },
  { ink: 'danger', on: [...PAGES, 'field'], least: 3 },
  { ink: 'text-muted', on: PAGES, least: 3 },
  { ink: 'star', on: ['panel', 'card', 'row-hover', 'selected'], least: 3 },
  { ink: 'ok', on: ['canvas', 'popover'], least: 3 },
  { ink: 'warn', on: ['popover'], least: 3 },
  { ink: 'dot', on: ['canvas', 'panel', 'popover'], least: 3 },
];

/** Said to be decoration: what it draws is told by something else too, or cannot be acted on. */
export const DECORATION: readonly string[] = ['text-disabled', 'line', 'hover', 'press', 'scrim', 'mark-head'];
