// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compile } from '@vue/compiler-dom';
import { expect, it } from 'vitest';
import { drawSprite, NAMES } from '../../dev/icons.mjs';
import { inlineIcons } from '../../dev/icons-inline';

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

it('is written out where all of it is known when the app is built, and nowhere else', () => {
  const drawn = (icon: string) => compile(`<p>${icon}</p>`, { nodeTransforms: [inlineIcons] }).code;
  for (const [icon, look] of [['<Icon name="plus" />', 'icon'], ['<Icon v-if="some" name="plus" size="small" flip class="wide-only" />', 'icon small flip wide-only'], ['<i><Icon name="plus" full /></i>', 'icon full']] as const) {
    const code = drawn(icon);
    expect(code).not.toContain('resolveComponent');
    expect(code).toMatch(new RegExp(`"svg", \\{[^]*class: "${look}",[^]*"aria-hidden": "true"[^]*href: "#i-plus"`));
  }
  for (const icon of ['<Icon :name="which" />', '<Icon name="plus" :full="starred" />', '<Icon name="plus" @click="go" />', '<Icon />']) expect(drawn(icon)).toContain('resolveComponent("Icon")');
});
