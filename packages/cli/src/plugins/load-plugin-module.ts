import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from '@prefish/core';
import { isPrefishError, PrefishError } from '@prefish/protocol';
import { rememberModule } from '../containment/responsible.ts';
import { importModule, ModuleError } from './import-module.ts';
import { resolveFrom } from './provide-modules.ts';

/** A module that somebody names as a plugin. */
export interface PluginModule {
  /** An absolute path, or the name of a package. */
  readonly module: string;
  /** Where a package is looked for: from each of these folders upwards, in this order. */
  readonly folders: readonly string[];
  /** The file that names it, or `--plugin`: for messages. */
  readonly origin: string;
  /** For its factory. Absent: it is called without. */
  readonly options?: unknown;
  /** The user named it, so what it loads is not checked against what a repository's configuration may load. */
  readonly own: boolean;
}

/** A plugin, and the file that it came from. */
export interface PluginFromModule {
  readonly plugin: Plugin;
  /** Absolute. */
  readonly path: string;
}

/**
 * Loads a plugin's module. Its default export is what definePlugin() returned, called here with the options,
 * or such a plugin already made.
 *
 * @throws PREFISH_PLUGIN_NOT_FOUND, PREFISH_PLUGIN_LOAD, PREFISH_PLUGIN_OPTIONS, PREFISH_TRUST_CHANGED
 */
export async function loadPluginModule(request: PluginModule): Promise<PluginFromModule> {
  const url = resolvePluginModule(request);
  const path = fileURLToPath(url);
  // What it does while it is imported is its own too, though its name is not known yet.
  rememberModule(path, request.module);
  if (request.own) (await import('../trust/load-guard.ts')).exemptFromGuard(url);
  const exported = await importModule(url, path).catch((error: unknown) => {
    throw error instanceof ModuleError ? notLoaded(request, error.message, error) : error;
  });
  return { plugin: makePlugin(request, exported['default']), path };
}

/** The URL of the module's file, found without loading it. @throws PREFISH_PLUGIN_NOT_FOUND, PREFISH_PLUGIN_LOAD */
export function resolvePluginModule({
  module,
  folders,
  origin,
}: Omit<PluginModule, 'options' | 'own'>): string {
  if (isAbsolute(module)) {
    const status = statSync(module, { throwIfNoEntry: false });
    if (status?.isFile()) return pathToFileURL(module).href;
    throw new PrefishError(
      'PREFISH_PLUGIN_NOT_FOUND',
      `The plugin ${module}, which ${origin} names, is ${status === undefined ? 'not there' : 'no file'}`,
      status?.isDirectory() ? { hint: 'Name the file in it that exports the plugin.' } : {},
    );
  }
  for (const folder of folders) {
    try {
      const url = resolveFrom(module, pathToFileURL(join(folder, 'prefish')).href);
      if (url.startsWith('file:')) return url;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_INVALID_MODULE_SPECIFIER')
        throw notLoaded({ module, origin }, (cause as Error).message, { cause });
    }
  }
  throw new PrefishError('PREFISH_PLUGIN_NOT_FOUND', `There is no plugin ${module}, which ${origin} names`, {
    hint: `prefish plugins add ${module} installs a package; a file begins with ./`,
  });
}

function makePlugin(request: PluginModule, exported: unknown): Plugin {
  const value = isTranspiled(exported) ? exported.default : exported;
  if (value === undefined) {
    throw notLoaded(request, 'it has no default export', { hint: 'export default definePlugin({ … })' });
  }
  if (typeof value !== 'function') {
    if (request.options === undefined) return value as Plugin;
    throw new PrefishError(
      'PREFISH_PLUGIN_OPTIONS',
      `${request.origin} gives options to ${request.module}, which takes none: it exports a plugin that is made already`,
      { hint: 'Export what definePlugin() returns, without calling it.' },
    );
  }
  try {
    return (value as (options?: unknown) => Plugin)(request.options);
  } catch (cause) {
    if (isPrefishError(cause)) throw cause;
    throw notLoaded(request, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** `exports.default`, as compilers write it for CommonJS. */
function isTranspiled(value: unknown): value is { default: unknown } {
  return typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
}

function notLoaded(
  { module, origin }: Pick<PluginModule, 'module' | 'origin'>,
  why: string,
  { hint, cause }: { readonly hint?: string | undefined; readonly cause?: unknown },
): PrefishError {
  return new PrefishError(
    'PREFISH_PLUGIN_LOAD',
    `The plugin ${module}, which ${origin} names, cannot be loaded: ${why}`,
    {
      hint,
      cause,
    },
  );
}
