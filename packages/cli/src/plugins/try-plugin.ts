import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ShellView } from '@prefish/core';
import { errorMessage, PrefishError } from '@prefish/protocol';
import { entry } from '../installation.ts';

const run = promisify(execFile);
/** What a plugin may take to load: its import has 10 s, its setup as many. */
const deadlineMs = 30_000;

/** A plugin that was loaded to see whether it can be. */
export interface TriedPlugin {
  /** Its own name, which need not be that of its package. */
  readonly name: string;
  readonly prefixes: readonly string[];
  /** The tokens of its prefixes, by id. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  readonly commands: readonly string[];
  /** Why it was not loaded. */
  readonly error?: string;
}

/** Codes that say that a package is no plugin that could ever be loaded as it is. */
const hopeless: ReadonlySet<string> = new Set([
  'PREFISH_PLUGIN_NOT_FOUND',
  'PREFISH_PLUGIN_LOAD',
  'PREFISH_PLUGIN_INVALID',
]);

/**
 * Loads a package that lies in `folder/node_modules`, in a prefish of its own that has no other plugin, no
 * configuration and no home.
 *
 * @throws PREFISH_PLUGIN_INSTALL when it is no plugin
 */
export async function tryPlugin(
  name: string,
  folder: string,
  { env, signal }: { readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<TriedPlugin> {
  const home = await mkdtemp(join(tmpdir(), 'prefish-try-'));
  try {
    const { stdout } = await run(
      process.execPath,
      [entry, '--no-config', '--plugins-folder', folder, '--plugin', name, 'plugins', 'ls', '--json'],
      {
        cwd: folder,
        env: { ...withoutFolders(env), HOME: home, PREFISH_HOME: home, PREFISH_CONFIG: '' },
        signal,
        timeout: deadlineMs,
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    const plugins = JSON.parse(stdout) as (TriedPlugin & { origin: string; code?: string })[];
    const found = plugins.find(({ origin }) => origin !== 'default');
    if (found === undefined) throw new Error('it is not in the list of plugins');
    const { code, error } = found;
    if (code === 'PREFISH_PLUGIN_NOT_FOUND')
      throw new Error('the file that its package.json names is not there');
    if (code !== undefined && hopeless.has(code)) throw new Error(reason(error ?? code, folder));
    return error === undefined ? found : { ...found, error: reason(error, folder) };
  } catch (cause) {
    signal.throwIfAborted();
    throw new PrefishError('PREFISH_PLUGIN_INSTALL', `${name} is no prefish plugin: ${errorMessage(cause)}`, {
      cause,
      hint: 'Nothing was changed. Is it built (npm run build)? Its default export has to be what definePlugin() returned.',
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function withoutFolders(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('XDG_')));
}

/** What was said of the plugin, without what the person knows and where it was tried. */
function reason(error: string, folder: string): string {
  return error
    .replace(/^The plugin \S+, which --plugin names, cannot be loaded: /, '')
    .replace(/, which --plugin names,?/, '')
    .replace(/ imported from \S+$/, '')
    .replaceAll(`${folder}/node_modules/`, '');
}

/** The tokens that two prefixes would claim, of which neither then gets them: each with who has it. */
export function collisions(
  prefixes: readonly { readonly id: string; readonly token: string }[],
  shell: ShellView,
  own: string,
): { readonly id: string; readonly token: string; readonly owner: string }[] {
  return prefixes.flatMap(({ id, token }) => {
    const owner = shell.prefixes.find(
      (other) => other.token === token && other.id !== id && other.plugin !== own,
    );
    return owner === undefined ? [] : [{ id, token, owner: `${owner.id} (${owner.plugin})` }];
  });
}
