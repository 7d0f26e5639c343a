// The service worker of a build: `sw.js` beside the page, with the list of the build's files and a version made of their
// contents, so that each build that differs is another version and the same build is the same.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function worker(source: string): Plugin {
  return {
    name: 'rolo-worker',
    apply: 'build',
    // Before `closeBundle`, in which the compressed twins are made.
    writeBundle: ({ dir = 'dist' }) => {
      const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
        .map((one) => join(one.parentPath, one.name).slice(dir.length).replaceAll('\\', '/')).filter((path) => !/\.(?:br|gz|map)$|^\/sw\.js$/.test(path)).sort();
      const code = readFileSync(source, 'utf8');
      const hash = createHash('sha256').update(code);
      for (const path of files) hash.update(path).update('\0').update(readFileSync(join(dir, path)));
      const version = hash.digest('hex').slice(0, 16);
      writeFileSync(join(dir, 'sw.js'), code.replace('__VERSION__', JSON.stringify(version)).replace('__FILES__', JSON.stringify(files)));
    },
  };
}
