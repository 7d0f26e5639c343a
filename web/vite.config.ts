import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import type { BuildOptions } from 'vite';
import { defineConfig } from 'vitest/config';
import { listChunks, onlyDrawn, readChunks } from './dev/chunks.ts';
import { inlineIcons } from './dev/icons-inline.ts';
import { twins } from './dev/twins.ts';
import { worker } from './dev/worker.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const CHUNKS = at('./dist-ssr/chunks.json');
/** The pages whose route says `drawn` (src/first/first.test.ts holds both against each other). */
export const DRAWN = ['ContactsPage', 'ContactPage', 'SettingsPage', 'OrganisationPage', 'HelpPage', 'SignInPage', 'NowherePage', 'EditPage', 'CompaniesPage', 'BinPage', 'HistoryPage'];

const BROWSER: BuildOptions = {
  target: 'es2022',
  // light-dark() stays as it is: rewritten, a part of a page could not be light or dark for itself.
  cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  assetsInlineLimit: 0,
  modulePreload: { polyfill: false },
  rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'vue', test: /node_modules\/(?:@?vue|vue-router|openapi-fetch)/ }] } } },
};
// The server's build is one file that needs nothing around it: it runs in an engine without Node and without a browser. Its
// lines stay as they are written, so that an error says where it is.
const SERVER: BuildOptions = {
  target: 'es2022', minify: false, outDir: 'dist-ssr', emptyOutDir: false,
  rolldownOptions: { output: { codeSplitting: false, entryFileNames: 'rolo.js' } },
};

// `npm run mock` puts invented people behind /v1, so that pages can be looked at without a server. Nothing of it is built.
export default defineConfig(async ({ mode, isSsrBuild }) => ({
  plugins: [
    vue({ template: { compilerOptions: { nodeTransforms: [inlineIcons] } }, features: { optionsAPI: false } }), listChunks(at('.'), CHUNKS), readChunks(CHUNKS), onlyDrawn(DRAWN), ...(isSsrBuild ? [] : [worker(at('./src/device/worker.js')), twins(at('./node_modules'))]),
    ...(mode === 'mock' ? [(await import('./dev/mock.ts')).mockServer()] : []),
  ],
  resolve: { alias: { '@': at('./src') } },
  build: isSsrBuild ? SERVER : BROWSER,
  ...(isSsrBuild ? { ssr: { noExternal: true as const, target: 'webworker' as const }, define: { 'process.env.NODE_ENV': '"production"' }, publicDir: false as const } : {}),
  server: {
    host: '127.0.0.1',
    proxy: mode === 'mock' ? {} : { '/v1': process.env.ROLO_URL ?? 'http://127.0.0.1:8080' },
  },
  preview: { host: '127.0.0.1' },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'dev/**/*.test.ts'],
    // Every page in one browserless browser takes its time on a machine others build on.
    testTimeout: 30_000,
  },
}));
