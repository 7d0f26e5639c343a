// Which files of the browser's build a page needs at once: written down by that build, and read by the server's, so that a
// drawn page can name them in its head.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Plugin } from 'vite';

type Files = Record<string, { scripts: string[]; styles: string[] }>;
interface Chunk {
  type: 'chunk';
  fileName: string;
  isEntry: boolean;
  facadeModuleId: string | null;
  imports: string[];
  viteMetadata?: { importedCss: Set<string> };
}

/** In the browser's build: lists each page's chunks and style sheets in `file`. */
export function listChunks(root: string, file: string): Plugin {
  return {
    name: 'rolo-chunks-list',
    apply: (_, { command, isSsrBuild }) => command === 'build' && !isSsrBuild,
    writeBundle(_, bundle) {
      const chunks = new Map(Object.values(bundle).filter((one) => one.type === 'chunk').map((one) => [one.fileName, one as unknown as Chunk]));
      const all = (from: Chunk, seen = new Set<Chunk>()): Set<Chunk> => {
        if (seen.has(from)) return seen;
        seen.add(from);
        for (const name of from.imports) {
          const next = chunks.get(name);
          if (next) all(next, seen);
        }
        return seen;
      };
      // What the shell names by itself.
      const shell = new Set([...chunks.values()].filter((one) => one.isEntry).flatMap((one) => [...all(one)]));
      const files: Files = {};
      for (const chunk of chunks.values()) {
        const page = chunk.facadeModuleId && relative(root, chunk.facadeModuleId);
        if (!page?.startsWith('src/pages/') || page.includes('?')) continue;
        const needed = [...all(chunk)].filter((one) => !shell.has(one));
        files[page] = {
          scripts: needed.map((one) => `/${one.fileName}`),
          styles: [...new Set(needed.flatMap((one) => [...(one.viteMetadata?.importedCss ?? [])]))].map((name) => `/${name}`),
        };
      }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(files, null, 1)}\n`);
    },
  };
}

/** `virtual:rolo-chunks`: that list in the server's build; nothing while developing and testing. */
export function readChunks(file: string): Plugin {
  const NAME = 'virtual:rolo-chunks';
  let build = false;
  return {
    name: 'rolo-chunks-read',
    configResolved: (config) => {
      build = config.command === 'build';
    },
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export default ${build ? readFileSync(file, 'utf8') : '{}'}` : undefined),
  };
}

/** In the server's build: of what comes later, only the pages that are drawn there. Dialogs and other pages are the browser's. */
export function onlyDrawn(drawn: readonly string[]): Plugin {
  const NAME = '\0rolo-elsewhere';
  return {
    name: 'rolo-only-drawn',
    apply: (_, { command, isSsrBuild }) => command === 'build' && isSsrBuild === true,
    resolveDynamicImport: (specifier) => (typeof specifier === 'string' && !drawn.some((page) => specifier.endsWith(`/${page}.vue`)) ? NAME : null),
    load: (id) => (id === NAME ? 'export default {}' : undefined),
  };
}
