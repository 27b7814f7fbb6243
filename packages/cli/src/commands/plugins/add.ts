import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, RunContext } from '@prefish/core';
import { isPrefishError, PrefishError } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import type { Folders } from '../../folders.ts';
import { changePlugins } from '../../plugins/plugin-sets.ts';
import { parsePluginSpec } from '../../plugins/plugin-spec.ts';
import { describePlugin, stagePlugins, type StagedPlugin } from '../../plugins/stage-plugin.ts';
import { tryPlugin, type TriedPlugin } from '../../plugins/try-plugin.ts';
import type { RunningShell } from '../../plugins/running-shell.ts';
import { confirmTokens, showTokens } from './confirm-tokens.ts';
import { showPlugin } from './show-plugin.ts';

/** A plugin that was installed, and how it loaded. */
interface AddedPlugin extends Omit<StagedPlugin, 'prefixes'> {
  /** What it really has, by id. */
  readonly prefixes: readonly string[];
  readonly tokens: TriedPlugin['tokens'];
  readonly error?: string;
}

/**
 * Installs plugins: fetches them, shows what they are, asks, sees whether they load, and only then enables
 * them, all or none.
 *
 * @throws PREFISH_USAGE, PREFISH_PLUGIN_NOT_FOUND, PREFISH_PLUGIN_INSTALL, PREFISH_NO_TTY, PREFISH_LOCKED
 */
export async function addPlugins(
  words: readonly string[],
  context: RunContext,
  { folders, running }: { readonly folders: Folders; readonly running: RunningShell },
): Promise<Outcome> {
  const { signal, env, out, ask, shell } = context;
  const specs = words.map((word) => parsePluginSpec(word, context.cwd));
  const added = await changePlugins(folders, signal, async (set) => {
    const names = await stagePlugins(set, specs, { env, signal }).catch((error: unknown) => {
      throw folderMeant(error, words, context.cwd);
    });
    const staged = await Promise.all(names.map((name) => describePlugin(set, name)));
    for (const plugin of staged) out.line(showPlugin(plugin, shell));
    const question = `Install ${sanitizeLabel(names.join(', '))}, whose code will run as you?`;
    if (!(await ask.confirm(question, { default: true }))) return { keep: false, result: undefined };
    const result: { readonly staged: StagedPlugin; readonly tried: TriedPlugin }[] = [];
    for (const plugin of staged) {
      const tried = await tryPlugin(plugin.name, set.folder, { env, signal });
      if (!(await confirmTokens(plugin, tried, context))) return { keep: false, result: undefined };
      result.push({ staged: plugin, tried });
    }
    return { keep: true, result };
  });
  if (added === undefined) return { type: 'denied', reason: 'Nothing was installed' };
  const loaded = await running.replace(
    added
      .filter(({ tried }) => tried.error === undefined)
      .map(({ staged, tried }) => ({ package: staged.name, plugin: tried.name })),
  );
  const data: AddedPlugin[] = added.map(({ staged, tried: { prefixes, tokens, error } }) => ({
    ...staged,
    prefixes,
    tokens,
    ...(error === undefined ? {} : { error }),
  }));
  return {
    type: 'ok',
    message: data.map((plugin) => report(plugin, loaded.has(plugin.name))).join('\n'),
    data,
  };
}

function report({ name, version, prefixes, tokens, error }: AddedPlugin, loaded: boolean): string {
  const installed = `Installed ${name} ${version}`;
  if (error !== undefined)
    return `${installed}, but it does not load: ${error}\n  prefish plugins remove ${name} takes it away again.`;
  const has = prefixes.length === 0 ? 'It has no prefixes' : `Its prefixes: ${showTokens({ tokens })}`;
  return `${installed}. ${has}.${loaded ? '' : ' The next prefish has it.'}`;
}

/** A word that no registry knows may be the name of a folder here. */
function folderMeant(error: unknown, words: readonly string[], cwd: string): unknown {
  const folder = words.find((word) => /^[\w@]/.test(word) && existsSync(join(cwd, word, 'package.json')));
  if (folder === undefined || !isPrefishError(error) || error.code !== 'PREFISH_PLUGIN_INSTALL') return error;
  return new PrefishError(error.code, error.message, {
    cause: error,
    hint: `For the folder of that name: prefish plugins add ./${folder}`,
  });
}
