// @vitest-environment node
// The files as they were built: whoever runs the tests has built them before (`cargo xtask test` does).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { packed, unpacked, zstandard } from './twins.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const [DIST, PACKAGES] = [at('../dist'), at('../node_modules')];
const built = existsSync(join(DIST, 'index.html'));

test('in CI the app is built before it is tested', () => {
  expect(built || !process.env['CI']).toBe(true);
});

describe.runIf(built)('the built files', () => {
  test('each chunk has its twin in Brotli, Zstandard and gzip, smaller than it is, and the same inside', () => {
    const files = packed(DIST);
    expect(files.filter((file) => /^assets\/.*\.js$/.test(file)).length).toBeGreaterThan(5);
    for (const file of files) {
      const [plain, twin] = [readFileSync(join(DIST, file)), (ending: string) => join(DIST, `${file}.${ending}`)];
      const inside = {
        br: zlib.brotliDecompressSync(readFileSync(twin('br'))),
        gz: zlib.gunzipSync(readFileSync(twin('gz'))),
        zst: unpacked(twin('zst'), PACKAGES),
      };
      for (const [ending, bytes] of Object.entries(inside)) {
        expect(plain.equals(bytes), `${file}.${ending}`).toBe(true);
        expect(readFileSync(twin(ending)).length, `${file}.${ending}`).toBeLessThan(plain.length);
      }
    }
  }, 120_000);
});

test('a Node that cannot pack is helped out by the one of the lock file, and without that says what to do', () => {
  expect(() => zstandard('/nowhere', false)).toThrow('Node 22.15 or newer');
  expect(zstandard('/nowhere', true)).toBe(process.execPath);
  if (process.platform === 'linux') expect(zstandard(PACKAGES, false)).toContain('node-linux-');
});
