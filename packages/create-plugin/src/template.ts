import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginName } from './plugin-name.ts';

/** What is put into the template. */
export interface TemplateValues {
  readonly name: PluginName;
  readonly token: string;
  /** The version of prefish's packages: `0.1.0`. */
  readonly version: string;
}

/** A file of the new plugin. */
export interface TemplateFile {
  /** Relative to the plugin's folder. */
  readonly path: string;
  readonly text: string;
}

/** The template lies beside `src/` and `dist/` of this package, and in the folder of the bundled command. */
const folder: string = ['../template', './template']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(join(path, 'package.json')))!;

/**
 * The files of the template with these values in place of its own: it is a plugin that works, named
 * `prefish-plugin-example`, whose prefix `example-id` has the token `%%`.
 */
export async function fillTemplate({ name, token, version }: TemplateValues): Promise<TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(relative(folder, entry.parentPath), entry.name))
    .filter((path) => !/^(?:node_modules|dist)\//.test(path));
  return Promise.all(
    paths.sort().map(async (path) => ({
      // npm takes files of these names for its own use and does not pack them.
      path: path.replace(/^_(?=gitignore$|npmrc$)/, '.'),
      text: (await readFile(join(folder, path), 'utf8'))
        .replaceAll('prefish-plugin-example', () => name.package)
        .replaceAll('example-id', () => name.id)
        .replaceAll('%%', () => quoted(token, path))
        .replaceAll('0.0.0-running', () => version),
    })),
  );
}

/** The token as it stands inside the quotes of a file of that kind. */
function quoted(token: string, path: string): string {
  if (path.endsWith('.json')) return JSON.stringify(token).slice(1, -1);
  return path.endsWith('.ts') ? token.replaceAll(/[\\']/g, String.raw`\$&`) : token;
}
