import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  // The shared packages as they are written: nothing has to be built first.
  resolve: {
    conditions: ['development', 'module', 'browser'],
    alias: [
      // What the shared packages take of Node is for other parts of them than the page uses.
      { find: /^node:.*/, replacement: fileURLToPath(new URL('src/no-node.ts', import.meta.url)) },
      { find: /^parse-diff$/, replacement: 'parse-diff/index.js' },
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // An inline asset would be refused by the page's content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
