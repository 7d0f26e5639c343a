// Compressed twins beside every file of the build (`.br`, `.gz`): Rolo serves the smallest the browser takes and never
// compresses while somebody waits.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const WORTH_BYTES = 1024;

export function twins(): Plugin {
  let folder = 'dist';
  return {
    name: 'rolo-twins',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:js|css|svg|html|json)$/.test(file));
      for (const file of files) {
        const bytes = readFileSync(join(folder, file));
        if (bytes.length < WORTH_BYTES) continue;
        writeFileSync(join(folder, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(join(folder, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
