import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import manifest from '../package.json' with { type: 'json' };
import { parsePluginName } from './plugin-name.ts';
import { chooseToken, defaultPrefixes, type TakenPrefix } from './taken-prefixes.ts';
import { readPacked, withPacked } from './packed.ts';
import { fillTemplate, type TemplateFile } from './template.ts';

/** What {@link createPlugin} takes. */
export interface CreatePluginOptions {
  /** `notes`, `prefish-plugin-notes` or `@me/notes`. */
  readonly name: string;
  /** The folder from which `dir` counts. */
  readonly cwd: string;
  /** Where the plugin goes. Default: a folder with the name of the package, without its scope. */
  readonly dir?: string | undefined;
  /** The token of its prefix. Default: one that nobody has. */
  readonly token?: string | undefined;
  /** A folder of prefish's packages as tarballs, from which the plugin installs them: what `npm run pack` of prefish makes. */
  readonly packed?: string | undefined;
  /** What is there besides the default prefixes. */
  readonly taken?: readonly TakenPrefix[] | undefined;
}

/** A plugin that was made. */
export interface CreatedPlugin {
  readonly name: string;
  readonly id: string;
  readonly token: string;
  /** Whether nobody named the token. */
  readonly chosen: boolean;
  /** Whether it installs prefish's packages from tarballs. */
  readonly packed: boolean;
  /** Absolute. */
  readonly folder: string;
  /** Relative to `folder`. */
  readonly files: readonly string[];
}

/**
 * Makes a plugin from the template: whole, or nothing at all.
 *
 * @throws PREFISH_USAGE for a name or token that cannot be, or a `packed` without tarballs; PREFISH_SCAFFOLD_EXISTS; the system's error
 * where the folder cannot be written
 */
export async function createPlugin(options: CreatePluginOptions): Promise<CreatedPlugin> {
  const name = parsePluginName(options.name);
  const taken = [...defaultPrefixes, ...(options.taken ?? [])];
  if (taken.some(({ id }) => id === name.id)) {
    throw new PrefishError('PREFISH_USAGE', `There is a prefix with the id "${name.id}" already`, {
      hint: 'Choose another name: the id of a prefix has to be its own.',
    });
  }
  const token = chooseToken(options.token, name.id, taken);
  const folder = resolve(options.cwd, options.dir ?? basename(name.package));
  const packed =
    options.packed === undefined ? undefined : await readPacked(resolve(options.cwd, options.packed));
  const template = await fillTemplate({ name, token, version: manifest.version });
  const files = packed === undefined ? template : template.map((file) => withPacked(file, packed));
  await writeWhole(folder, files);
  return {
    name: name.package,
    id: name.id,
    token,
    chosen: options.token === undefined,
    packed: packed !== undefined,
    folder,
    files: files.map(({ path }) => path),
  };
}

/** Writes the files beside the folder, and moves them to their place when all are there. */
async function writeWhole(folder: string, files: readonly TemplateFile[]): Promise<void> {
  const existing = await entriesOf(folder);
  if (existing !== undefined && existing.length > 0) throw notEmpty(folder);
  const unfinished = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(unfinished, path)), { recursive: true });
      await writeFile(join(unfinished, path), text, { flag: 'wx' });
    }
    if (existing === undefined) await rename(unfinished, folder);
    // An empty folder is filled and not replaced: somebody may be in it.
    else
      for (const entry of await readdir(unfinished))
        await rename(join(unfinished, entry), join(folder, entry));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' || code === 'ENOTEMPTY' || code === 'ENOTDIR' ? notEmpty(folder) : error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What is in a folder; `undefined` when there is none. A file counts as a folder that is not empty. */
async function entriesOf(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') return [basename(folder)];
    throw error;
  }
}

function notEmpty(folder: string): PrefishError {
  return new PrefishError('PREFISH_SCAFFOLD_EXISTS', `${folder} is not empty`, {
    hint: 'Choose another name, or another folder with --dir.',
  });
}
