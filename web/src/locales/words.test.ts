import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';

const src = resolve(process.cwd(), 'src');
const pages = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.vue'));
const templates = pages.map((file) => [file, /<template>([\s\S]*)<\/template>/.exec(readFileSync(join(src, file), 'utf8'))?.[1] ?? ''] as const);

/** Words a template says itself, outside of {{ }}: everything a person reads belongs into the catalogue. */
function ownWords(template: string): string[] {
  const text = template.replace(/<!--[\s\S]*?-->/g, '').replace(/"[^"]*"/g, '""').replace(/<[^>]*>/g, '\n').replace(/\{\{[\s\S]*?\}\}/g, '');
  return text.split('\n').map((line) => line.trim()).filter((line) => /\p{L}{2}/u.test(line));
}
const attributes = (template: string) =>
  [...template.matchAll(/\s(?:aria-label|title|placeholder|alt|name)="([^"]*\p{L}{2}[^"]*)"/gu)].map((match) => match[1]!).filter((word) => !/^[a-z-]+$/.test(word));

describe('words', () => {
  it('live in the catalogue, not in the pages', () => {
    const found = templates.flatMap(([file, template]) => [...ownWords(template), ...attributes(template)].map((word) => `${file}: ${word}`));
    expect(found.filter((one) => !one.endsWith(': Rolo'))).toEqual([]);
  });
  it('would be found in a page (the control)', () => {
    expect(ownWords('<p>Please wait</p>{{ text.a }}')).toEqual(['Please wait']);
    expect(attributes('<a aria-label="Close it"></a><b :aria-label="text.close"></b>')).toEqual(['Close it']);
  });
  it('are calm: no exclamation marks, no “successfully”, no “please”', () => {
    const said: string[] = [];
    const walk = (value: unknown) => {
      if (typeof value === 'string') said.push(value);
      else if (typeof value === 'function') said.push(String(value));
      else if (typeof value === 'object' && value) Object.values(value).forEach(walk);
    };
    walk(en);
    expect(said.length).toBeGreaterThan(150);
    expect(said.filter((text) => /successfully|please|oops|[a-z]!(?:['`\s]|$)/i.test(text))).toEqual([]);
  });
});
