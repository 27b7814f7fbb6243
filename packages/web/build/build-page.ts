import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the page into `web/` of the output folder of a package that serves it. */
export async function buildPage(outDir: string): Promise<void> {
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    build: { outDir: join(outDir, 'web'), emptyOutDir: true },
    logLevel: 'warn',
  });
}
