// @vitest-environment node
// Every pair of colours the app uses, computed from tokens.css: in light and dark, and when more contrast is asked for.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DECORATION, PAIRS } from './pairs';

const folder = resolve(process.cwd(), 'src/styles');
const plain = (css: string) => css.replace(/\/\*[\s\S]*?\*\//g, '');
const tokens = plain(readFileSync(join(folder, 'tokens.css'), 'utf8'));

type Look = { side: 0 | 1; more: boolean; hue: number };
type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Declarations of custom properties in a piece of the sheet. */
const declared = (css: string) => new Map([...css.matchAll(/--([a-z-]+):\s*([^;]+);/g)].map((one) => [one[1]!, one[2]!.trim()] as const));
const contrastBlock = /@media \(prefers-contrast: more\)\s*\{([\s\S]*?)\n\}/.exec(tokens)![1]!;
const BASE = declared(tokens.replace(contrastBlock, ''));
const MORE = declared(contrastBlock);
const HUES = [...new Set([...tokens.matchAll(/\[data-hue="(\d+)"\]/g)].map((one) => Number(one[1])))];

/** The value of a token, with light-dark() and var() resolved. */
function valueOf(name: string, look: Look): string {
  if (name.startsWith('#')) return name;
  const said = (look.more ? MORE.get(name) : undefined) ?? BASE.get(name);
  if (said === undefined) throw new Error(`tokens.css has no --${name}`);
  const sides = /^light-dark\((.*)\)$/.exec(said)?.[1]?.match(/(?:[^,(]|\((?:[^()]|\([^()]*\))*\))+/g);
  const value = (sides ? sides[look.side]! : said).trim().replace(/var\(--hue, (\d+)\)/, String(look.hue));
  const other = /^var\(--([a-z-]+)\)$/.exec(value)?.[1];
  return other ? valueOf(other, look) : value;
}

function colour(value: string): Colour {
  if (value.startsWith('#')) {
    const digits = value.length === 4 ? [...value.slice(1)].map((one) => one + one) : value.slice(1).match(/../g)!;
    return [...digits.map((one) => Number.parseInt(one, 16) / 255), 1] as unknown as Colour;
  }
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/.exec(value);
  if (!parts) throw new Error(`no colour: ${value}`);
  const [l, c, h] = [Number(parts[1]), Number(parts[2]), (Number(parts[3]) * Math.PI) / 180];
  const [a, b] = [c * Math.cos(h), c * Math.sin(h)];
  const cube = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map((one) => one ** 3) as [number, number, number];
  const linear = [[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965], [-0.0041960863, -0.7034186147, 1.707614701]]
    .map(([x, y, z]) => Math.min(1, Math.max(0, x! * cube[0] + y! * cube[1] + z! * cube[2])));
  return [...linear.map((one) => (one <= 0.0031308 ? 12.92 * one : 1.055 * one ** (1 / 2.4) - 0.055)), Number(parts[4] ?? 1)] as unknown as Colour;
}

const over = (near: Colour, far: Colour): Colour => [0, 1, 2].map((at) => near[at]! * near[3] + far[at]! * (1 - near[3])).concat(1) as unknown as Colour;
const ground = (layers: string, look: Look): Colour => layers.split(' ').map((name) => colour(valueOf(name, look))).reduce((far, near) => over(near, far));
function luminance([red, green, blue]: Colour): number {
  const [r, g, b] = [red, green, blue].map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(ink: string, on: string, look: Look): number {
  const back = ground(on, look);
  const [one, other] = [luminance(over(colour(valueOf(ink, look)), back)), luminance(back)].sort((a, b) => b - a) as [number, number];
  return (one + 0.05) / (other + 0.05);
}

const LOOKS: readonly (readonly [string, Omit<Look, 'hue'>])[] = [
  ['light', { side: 0, more: false }], ['dark', { side: 1, more: false }], ['light, more contrast', { side: 0, more: true }], ['dark, more contrast', { side: 1, more: true }],
];
/** Pairs of the table that are too close to each other. */
function tooClose(look: Omit<Look, 'hue'>, pairs = PAIRS): string[] {
  return pairs.filter((pair) => !pair.paper || look.side === 0).flatMap(({ ink, on, least }) => on.flatMap((layers) => {
    const hues = /^(?:on-tint|tint|dot)$/.test(ink) ? [195, ...HUES] : [195];
    return hues.map((hue) => ({ hue, found: contrast(ink, layers, { ...look, hue }) })).filter(({ found }) => found < least).map(({ hue, found }) => `${ink} on ${layers}, hue ${hue}: ${found.toFixed(2)} < ${least}`);
  }));
}

/** Rules of the style sheets, with what they say about colours. */
const rules = readdirSync(folder).filter((file) => file.endsWith('.css') && file !== 'tokens.css')
  .flatMap((file) => [...plain(readFileSync(join(folder, file), 'utf8')).matchAll(/([^{}]+)\{([^{}]*)\}/g)].map((one) => ({ where: `${file}: ${one[1]!.trim()}`, says: one[2]! })));
const tokenOf = (says: string, what: RegExp) => [...says.matchAll(what)].map((one) => one[1]!);
const INK = /(?:^|[\s;{])(?:color|stroke|fill):\s*var\(--([a-z-]+)\)/g;
const GROUND = /(?:^|[\s;{])background(?:-color)?:\s*var\(--([a-z-]+)\)/g;

describe('contrast', () => {
  it.each(LOOKS)('every pair of the table is far enough apart: %s', (_name, look) => {
    expect(tooClose(look)).toEqual([]);
  });
  it('would find a pair that is too close (the control)', () => {
    for (const [, look] of LOOKS) expect(tooClose(look, [{ ink: 'line', on: ['panel'], least: 4.5 }])).toEqual([expect.stringContaining('line on panel')]);
    // The ring of the focus would be lost on a toast: there it has another colour.
    for (const [, look] of LOOKS) expect(tooClose(look, [{ ink: 'focus', on: ['inverse'], least: 3 }])).toHaveLength(1);
  });
  it('computes what the standard says: black on white is 21, a colour on itself 1', () => {
    expect(contrast('#000000', '#ffffff', { side: 0, more: false, hue: 0 })).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff', { side: 0, more: false, hue: 0 })).toBeCloseTo(4.48, 2);
    expect(contrast('accent', 'accent', { side: 1, more: false, hue: 0 })).toBe(1);
    // A wash is laid on what is beneath it.
    expect(contrast('text', 'panel hover', { side: 0, more: false, hue: 0 })).toBeLessThan(contrast('text', 'panel', { side: 0, more: false, hue: 0 }));
  });
  it('the table holds every ink and every ground of the style sheets, and each rule that sets both', () => {
    const inks = new Set(PAIRS.map((one) => one.ink));
    const grounds = new Set(PAIRS.flatMap((one) => one.on.flatMap((layers) => layers.split(' '))));
    const both = new Set(PAIRS.flatMap(({ ink, on }) => on.flatMap((layers) => layers.split(' ').map((one) => `${ink} on ${one}`))));
    const missing = rules.flatMap(({ where, says }) => {
      const [ink, on] = [tokenOf(says, INK), tokenOf(says, GROUND)].map((found) => found.filter((one) => !DECORATION.includes(one)));
      return [
        ...ink!.filter((one) => !inks.has(one) && !grounds.has(one)).map((one) => `${where}: ink ${one}`), ...on!.filter((one) => !grounds.has(one) && !inks.has(one)).map((one) => `${where}: ground ${one}`),
        ...ink!.flatMap((one) => on!.map((back) => `${one} on ${back}`)).filter((one) => !both.has(one)).map((one) => `${where}: ${one}`),
      ];
    });
    expect(rules.length).toBeGreaterThan(300);
    expect(missing).toEqual([]);
  });
  it('no style sheet has a colour of its own but white paper and the code on it', () => {
    const own = rules.filter(({ says }) => /#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/i.test(says)).map(({ where }) => where);
    expect(own).toEqual(['contact.css: .card-code', 'contact.css: .card-code path', 'print.css: .sheet']);
  });
});
