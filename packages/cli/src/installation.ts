import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

/** The version of this prefish. */
export const version: string = manifest.version;

/** The folder of the installed package. The same for `src/` and for the bundle in `dist/`, which is flat. */
const folder: string = fileURLToPath(new URL('..', import.meta.url));

/** The bundle. */
export const bundleFolder: string = join(folder, 'dist');

/** What this prefish itself is loaded from: the bundle, or the packages of the workspace. */
export const ownFolder: string = import.meta.url.endsWith('.ts') ? join(folder, '..') : bundleFolder;

/** The JSON Schema of a configuration. */
export const schemaPath: string = join(folder, 'schema.json');

/** The command, for `node`. */
export const entry: string = join(folder, 'bin', 'prefish.js');

/** The module that this prefish gives to plugins in place of one of its packages. */
export function providedModule(name: string): string {
  return new URL(import.meta.url.endsWith('.ts') ? `./provided/${name}.ts` : `./${name}.mjs`, import.meta.url)
    .href;
}
