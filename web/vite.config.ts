import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { twins } from './dev/twins.ts';
import { worker } from './dev/worker.ts';

// `npm run mock` puts invented people behind /v1, so that pages can be looked at without a server. Nothing of it is built.
export default defineConfig(async ({ mode }) => ({
  plugins: [vue(), worker(fileURLToPath(new URL('./src/device/worker.js', import.meta.url))), twins(), ...(mode === 'mock' ? [(await import('./dev/mock.ts')).mockServer()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // light-dark() stays as it is: rewritten, a part of a page could not be light or dark for itself.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'vue', test: /node_modules\/(?:@?vue|vue-router|openapi-fetch)/ }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: mode === 'mock' ? {} : { '/v1': process.env.ROLO_URL ?? 'http://127.0.0.1:8080' },
  },
  preview: { host: '127.0.0.1' },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    // Every page in one browserless browser takes its time on a machine others build on.
    testTimeout: 30_000,
  },
}));
