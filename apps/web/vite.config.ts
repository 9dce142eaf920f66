import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** `LOGSTEAD_DEV_TARGET` names a running product whose API the development server passes on. */
export default defineConfig(() => {
  const target = process.env['LOGSTEAD_DEV_TARGET'] ?? 'http://127.0.0.1:4600';
  return {
    plugins: [react()],
    resolve: {
      alias: {
        '@logstead/contracts': fromRoot('libs/contracts/src/index.ts'),
        '@logstead/query-language': fromRoot('libs/query-language/src/index.ts'),
      },
    },
    server: { host: '127.0.0.1', port: 4610, proxy: { '/api': { target, ws: true } } },
    build: {
      outDir: fromRoot('dist/apps/web'),
      emptyOutDir: true,
      target: 'es2023',
      // The strict Content-Security-Policy forbids data: fonts and inline scripts, so nothing is inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      chunkSizeWarningLimit: 700,
    },
  };
});
