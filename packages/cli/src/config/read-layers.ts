import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Config, PrefixTokens } from '@prefish/core';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { isInside, isInstalled } from '../trust/trusted-path.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConfigFile, Layer, UsedFile, Waiting } from './configuration.ts';
import { parseData } from './parse-data.ts';
import { divide, scriptEffect, trustRequest, type Divided } from './project-request.ts';
import { readConfigFile, realConfigPath } from './read-file.ts';
import { validate, withoutOwn } from './validate.ts';

/** What the files say, as far as it counts. */
export interface ReadLayers {
  readonly layers: readonly Layer[];
  readonly files: readonly UsedFile[];
  readonly problems: readonly PrefishError[];
  readonly waiting?: Waiting;
}

/** Asks the person at the terminal about a configuration that waits; resolves with whether it may count now. */
export type AskForTrust = (waiting: Waiting, trust: Trust) => Promise<boolean>;

/** What {@link readLayers} takes. */
export interface ReadOptions {
  /** The tokens of the default plugins. */
  readonly defaults: PrefixTokens;
  readonly trust: () => Promise<Trust>;
  /** Absent where nobody can be asked. */
  readonly ask?: AskForTrust;
}

/**
 * Reads and checks the files in order. A file with something wrong in it does not count, and is a problem;
 * of a project's that is not trusted only what is harmless counts, and nothing of it is run.
 */
export async function readLayers(files: readonly ConfigFile[], options: ReadOptions): Promise<ReadLayers> {
  const layers: Layer[] = [];
  const used: UsedFile[] = [];
  const problems: PrefishError[] = [];
  let waiting: Waiting | undefined;
  for (const file of files) {
    const { path, level } = file;
    let state: UsedFile['state'] = 'read';
    try {
      if (file.root === undefined) {
        layers.push(layerOf(file, await readOwn(file), { yields: false }));
      } else {
        const { value, trusted, waits } = await readProject(
          { ...file, root: file.root },
          currentTokens(layers, options),
          options,
        );
        layers.push(layerOf(file, value, { yields: !trusted }));
        waiting = waits;
        if (waits !== undefined) state = 'waiting';
      }
    } catch (error) {
      problems.push(asProblem(error, path));
      state = 'failed';
    }
    used.push({ path, level, state });
  }
  return { layers, files: used, problems, ...(waiting === undefined ? {} : { waiting }) };
}

/** The value of a file that is the user's own. */
export async function readOwn(file: ConfigFile): Promise<Config> {
  const path = realConfigPath(file);
  if (file.format !== 'script') return validate(file, parseData(file, readConfigFile(path)));
  const { runScript } = await import('./run-script.ts');
  return validate(file, await runScript(path, { own: true }));
}

type ProjectFile = ConfigFile & { readonly root: string };

async function readProject(
  file: ProjectFile,
  current: PrefixTokens,
  options: ReadOptions,
): Promise<{ value: Config; trusted: boolean; waits?: Waiting }> {
  const { request, data, harmless } = await examine(file, current);
  if (request === undefined) return { value: data!, trusted: false };
  const trust = await options.trust();
  const answer = await trust.check(request);
  if (answer !== 'trusted') {
    const waits: Waiting = { file: file.path, request, answer };
    const granted = answer !== 'declined' && ((await options.ask?.(waits, trust)) ?? false);
    if (!granted) return { value: harmless, trusted: false, waits };
  }
  if (data !== undefined) return { value: data, trusted: true };
  const { runScript } = await import('./run-script.ts');
  const value = validate(file, await runScript(request.files[0]!, { own: false }));
  return { value: withoutOwn(file, value), trusted: true };
}

/**
 * What a project's file asks for: its value where that can be known without running it, and the request for
 * trust where there is more in it than is harmless.
 *
 * @throws PREFISH_CONFIG_UNREADABLE, PREFISH_CONFIG_INVALID
 */
export async function examine(
  file: ProjectFile,
  current: PrefixTokens,
): Promise<{ data?: Config; harmless: Config; request?: Waiting['request'] }> {
  const path = realConfigPath(file);
  if (file.format === 'script') {
    const effects = [scriptEffect(file.root, path)];
    return { harmless: {}, request: trustRequest(file.root, { path }, { effects, modules: [] }) };
  }
  const content = readConfigFile(path);
  const data = withoutOwn(file, validate(file, parseData(file, content)));
  const divided: Divided = divide(data, dirname(path), current);
  if (divided.effects.length === 0) return { data, harmless: data };
  const modules = [
    ...divided.modules.filter((module) => existsSync(module)),
    ...(await packagesInside(file.root, divided.packages, path)),
  ];
  const request = trustRequest(file.root, { path, content }, { ...divided, modules });
  return { data, harmless: divided.harmless, request };
}

/** The files of packages that are links into the repository itself, as in a workspace: these are its own code. @throws PREFISH_CONFIG_UNREADABLE */
async function packagesInside(root: string, packages: readonly string[], from: string): Promise<string[]> {
  if (packages.length === 0) return [];
  const { resolveFrom } = await import('../plugins/provide-modules.ts');
  const { ReadableManifests } = await import('../trust/readable-manifests.ts');
  const manifests = new ReadableManifests();
  return packages.flatMap((name) => {
    manifests.check(name, from);
    try {
      const path = fileURLToPath(resolveFrom(name, pathToFileURL(from).href));
      return isInside(path, root) && !isInstalled(path, root) ? [path] : [];
    } catch {
      return [];
    }
  });
}

/** The tokens that the prefixes have before a project's configuration is looked at. */
export function currentTokens(
  layers: readonly Layer[],
  { defaults }: Pick<ReadOptions, 'defaults'>,
): PrefixTokens {
  return Object.assign({}, defaults, ...layers.map(({ value }) => value.prefixes ?? {})) as PrefixTokens;
}

function layerOf(file: ConfigFile, value: Config, { yields }: { readonly yields: boolean }): Layer {
  return { level: file.level, origin: file.path, folder: dirname(realConfigPath(file)), value, yields };
}

function asProblem(error: unknown, path: string): PrefishError {
  if (isPrefishError(error)) return error;
  return new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} cannot be read: ${errorMessage(error)}`, {
    cause: error,
  });
}
