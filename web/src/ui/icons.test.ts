// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { drawSprite, NAMES } from '../../dev/icons.mjs';

const src = resolve(process.cwd(), 'src');

it('is the sprite that `npm run icons` draws', () => {
  expect(readFileSync(join(src, 'ui/icons.svg'), 'utf8')).toBe(drawSprite());
});

it('has every icon a page names', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.vue'));
  const named = files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/(?:<Icon name="|#i-|icon="|icon: ')([a-z-]+)/g)].map((match) => match[1]!));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !(name in NAMES))).toEqual([]);
});
