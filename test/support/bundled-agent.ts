import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const program = fileURLToPath(new URL('../../packages/testing/src/agent/program.ts', import.meta.url));

/** The fake agent of `@prefish/testing` as one file: what a task can see is the folder around it. */
export interface BundledAgent extends AsyncDisposable {
  readonly file: string;
}

/** Bundles it into a folder of its own. */
export async function bundledAgent(): Promise<BundledAgent> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'prefish-agent-')));
  await build({
    config: false,
    entry: { agent: program },
    outDir: folder,
    platform: 'node',
    dts: false,
    logLevel: 'silent',
    deps: { alwaysBundle: [/./], onlyBundle: false },
  });
  return {
    file: join(folder, 'agent.mjs'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
