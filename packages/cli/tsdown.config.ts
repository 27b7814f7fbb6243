import { defineConfig, type UserConfig } from 'tsdown';
import { buildPage } from '../web/build/build-page.ts';
import { chunksAsScripts } from './build/chunks-as-scripts.ts';
import { lightBuiltins } from './build/light-builtins.ts';
import { removeStale } from './build/remove-stale.ts';
import { startChunks } from './build/start-chunks.ts';

/**
 * The published command: everything in `dist/`, flat, so that the folder can be bound into a sandbox
 * as it is. Only the pty stays outside, because it brings binaries. What a line that runs here does
 * not need lies in chunks of its own.
 */
const config: UserConfig = defineConfig({
  entry: {
    main: 'src/main.ts',
    core: 'src/provided/core.ts',
    protocol: 'src/provided/protocol.ts',
    client: 'src/provided/client.ts',
    durable: 'src/provided/durable.ts',
    processes: 'src/provided/processes.ts',
    screen: 'src/provided/screen.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node22',
  dts: false,
  clean: false,
  copy: { from: '../create-plugin/template', to: 'dist' },
  hooks: {
    'build:done': async ({ options, chunks }) => {
      await removeStale(options.outDir, [...chunks.map(({ fileName }) => fileName), 'template', 'web']);
      await buildPage(options.outDir);
    },
  },
  inputOptions: { resolve: { conditionNames: ['development', 'node', 'default'] } },
  deps: { alwaysBundle: [/.*/], neverBundle: ['@lydell/node-pty'], onlyBundle: false },
  plugins: [lightBuiltins(), chunksAsScripts(['rolldown-runtime', 'base', 'kernel', 'sending'])],
  outputOptions: {
    // Text of two bytes a character, and comments, cost a start a millisecond.
    charset: 'ascii',
    comments: false,
    // The loader of the scripts is found by the name of its function.
    minifyInternalExports: false,
    chunkFileNames: '[name].mjs',
    entryFileNames: '[name].mjs',
    codeSplitting: { groups: startChunks() },
  },
}) as UserConfig;

export default config;
