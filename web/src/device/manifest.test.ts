import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const at = (name: string) => readFileSync(resolve(process.cwd(), 'public', name.replace(/^\//, '')));
const manifest = JSON.parse(at('manifest.webmanifest').toString()) as { start_url: string; display: string; name: string; icons: { src: string; sizes: string; type: string; purpose?: string }[] };

it('the app can be installed: a name, a start, and pictures of the sizes it says', () => {
  expect([manifest.name, manifest.start_url, manifest.display]).toEqual(['Rolo', '/', 'standalone']);
  const sizes = manifest.icons.filter(({ type }) => type === 'image/png').map(({ src, sizes: said, purpose }) => {
    const picture = at(src);
    // A PNG says its size in its first chunk.
    expect(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, src).toBe(said);
    return `${said} ${purpose ?? 'any'}`;
  });
  expect(sizes).toEqual(['192x192 any', '512x512 any', '512x512 maskable']);
});
