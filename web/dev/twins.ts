// Compressed twins beside every file of the build (`.br`, `.zst`, `.gz`): Rolo serves the smallest the browser takes and never
// compresses while somebody waits.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import type { Plugin } from 'vite';

/** Less than this travels in one packet anyway. */
const WORTH_BYTES = 1024;

/** The files of a build that are worth packing, by their path in `folder`. */
export function packed(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:js|css|svg|html|json)$/.test(file));
  return files.filter((file) => readFileSync(join(folder, file)).length >= WORTH_BYTES);
}

/** A Node that knows Zstandard, as every one does since 22.15: this one, or the one that the lock file brings. */
export function zstandard(packages: string, knows = 'zstdCompressSync' in zlib): string {
  if (knows) return process.execPath;
  const brought = join(packages, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(brought)) return brought;
  throw new Error(`The web app is packed with Node 22.15 or newer, and this is ${process.version}: install a newer one, then build again.`);
}

// What that Node is told: each file's twin beside it, or of each twin what is in it, one behind the other.
const PACK = `const { readFileSync, writeFileSync } = require('node:fs'); const zlib = require('node:zlib');
const params = { [zlib.constants.ZSTD_c_compressionLevel]: 19 };
for (const file of process.argv.slice(1)) writeFileSync(file + '.zst', zlib.zstdCompressSync(readFileSync(file), { params }));`;
const UNPACK = `const { readFileSync } = require('node:fs'); const zlib = require('node:zlib');
for (const file of process.argv.slice(1)) process.stdout.write(zlib.zstdDecompressSync(readFileSync(file)));`;

/** What is in a Zstandard twin. */
export function unpacked(twin: string, packages: string): Buffer {
  return execFileSync(zstandard(packages), ['-e', UNPACK, twin], { maxBuffer: 64 * 1024 * 1024 });
}

/** Packs what was built; `packages` is where the lock file's packages lie. */
export function twins(packages: string): Plugin {
  let folder = 'dist';
  return {
    name: 'rolo-twins',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      const files = packed(folder);
      for (const file of files) {
        const bytes = readFileSync(join(folder, file));
        writeFileSync(join(folder, `${file}.br`), zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(join(folder, `${file}.gz`), zlib.gzipSync(bytes, { level: 9 }));
      }
      execFileSync(zstandard(packages), ['-e', PACK, ...files.map((file) => join(folder, file))]);
    },
  };
}
