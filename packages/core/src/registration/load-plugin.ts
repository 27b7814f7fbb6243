import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { apiVersion } from '../api-version.ts';
import type { Session, ShellView } from '../context.ts';
import { late, within } from '../deadline.ts';
import { hookTaps, type HookOwner } from '../hooks/guard.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import type { Plugin, PluginShell } from '../plugin.ts';
import type { Registry } from './registry.ts';

/** How long a setup or a cleanup may take. Setup is for registering; work belongs into handlers. */
const setupDeadlineMs = 10_000;
const cleanupDeadlineMs = 5_000;

/** What a plugin is given to register with, apart from itself. */
export interface LoadTarget {
  readonly registry: Registry;
  readonly hooks: ShellHooks;
  readonly session: Session;
  readonly view: ShellView;
  notify(message: string): void;
  warn(code: string, message: string, hint: string | undefined, plugin: string): void;
}

/** A plugin whose setup has run. */
export interface SetUpPlugin {
  /** Aborts its signal, makes its taps inert, runs its cleanup. Rejects with `PREFISH_CLEANUP_FAILED`. */
  close(): Promise<void>;
}

/**
 * Checks a plugin's metadata and options, then sets it up. When anything is wrong, everything that it
 * registered is taken back and its tokens stay refused.
 *
 * @throws PREFISH_PLUGIN_INVALID, PREFISH_PLUGIN_API, PREFISH_PLUGIN_OPTIONS, PREFISH_PLUGIN_SETUP, PREFISH_PLUGIN_DUPLICATE, PREFISH_TOKEN_INVALID
 */
export async function loadPlugin(plugin: Plugin, target: LoadTarget): Promise<SetUpPlugin> {
  await checkMetadata(plugin);
  const options = await checkOptions(plugin);
  const controller = new AbortController();
  const owner = { name: plugin.name, closed: false };
  try {
    const cleanup = await within(
      setupDeadlineMs,
      runSetup(plugin, pluginShell(plugin, options, owner, controller.signal, target)),
    );
    if (cleanup === late) {
      throw new PrefishError(
        'PREFISH_PLUGIN_SETUP',
        `${plugin.name} did not finish its setup within ${setupDeadlineMs / 1000} s`,
        { plugin: plugin.name, hook: 'setup' },
      );
    }
    return { close: () => closePlugin(plugin.name, owner, controller, cleanup ?? undefined) };
  } catch (error) {
    owner.closed = true;
    controller.abort();
    target.registry.removePlugin(plugin.name, `${plugin.name} failed to load: ${errorMessage(error)}`);
    throw error;
  }
}

async function checkMetadata(plugin: Plugin): Promise<void> {
  if (
    plugin?.kind !== 'prefish.plugin' ||
    typeof plugin.name !== 'string' ||
    plugin.name === '' ||
    typeof plugin.setup !== 'function'
  ) {
    throw new PrefishError('PREFISH_PLUGIN_INVALID', `This is no plugin: ${describe(plugin)}`, {
      hint: 'Export what definePlugin() returns, and call it with its options: plugins: [notes()].',
    });
  }
  if (await isCompatible(plugin.api)) return;
  throw new PrefishError(
    'PREFISH_PLUGIN_API',
    `${plugin.name} is written for plugin API ${plugin.api}; this prefish has ${apiVersion}`,
    {
      plugin: plugin.name,
      hint: `Install a version of ${plugin.name} for API ${apiVersion}, or a prefish that offers ${plugin.api}.`,
    },
  );
}

/** The range that nearly every plugin has is known without semver, which would cost each start 4 ms. */
async function isCompatible(range: string): Promise<boolean> {
  if (range === `^${apiVersion.split('.', 1)[0]}`) return true;
  const { default: satisfies } = await import('semver/functions/satisfies.js');
  return satisfies(apiVersion, range, { includePrerelease: true });
}

async function checkOptions(plugin: Plugin): Promise<unknown> {
  if (plugin.schema === undefined) return plugin.options;
  const result = await plugin.schema['~standard'].validate(plugin.options ?? {});
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message, path }) => {
    const where = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return where ? `${where}: ${message}` : message;
  });
  throw new PrefishError(
    'PREFISH_PLUGIN_OPTIONS',
    `The options of ${plugin.name} do not fit: ${issues.join('; ')}`,
    { plugin: plugin.name },
  );
}

async function runSetup(plugin: Plugin, shell: PluginShell<never>): Promise<void | (() => unknown)> {
  try {
    return await plugin.setup(shell);
  } catch (cause) {
    if (isPrefishError(cause)) throw cause;
    throw new PrefishError(
      'PREFISH_PLUGIN_SETUP',
      `${plugin.name} failed in its setup: ${errorMessage(cause)}`,
      { plugin: plugin.name, hook: 'setup', cause },
    );
  }
}

function pluginShell(
  plugin: Plugin,
  options: unknown,
  owner: HookOwner,
  signal: AbortSignal,
  target: LoadTarget,
): PluginShell<never> {
  const open = <Rest extends unknown[]>(register: (...rest: Rest) => void) => {
    return (...rest: Rest): void => {
      if (owner.closed) {
        throw new PrefishError(
          'PREFISH_PLUGIN_CLOSED',
          `${plugin.name} registers something after it was closed`,
          { plugin: plugin.name },
        );
      }
      register(...rest);
    };
  };
  return {
    options: options as never,
    signal,
    session: target.session,
    view: target.view,
    hooks: hookTaps(target.hooks, owner),
    prefix: open((prefix) => target.registry.addPrefix(prefix as never, plugin.name)),
    command: open((command) => target.registry.addCommand(command as never, plugin.name)),
    tasks: open((source) => target.registry.addSource(source, plugin.name)),
    notify: (message) => !owner.closed && target.notify(message),
    warn: (code, message, hint) => !owner.closed && target.warn(code, message, hint, plugin.name),
  };
}

async function closePlugin(
  name: string,
  owner: { closed: boolean },
  controller: AbortController,
  cleanup: (() => unknown) | undefined,
): Promise<void> {
  controller.abort();
  try {
    if (
      cleanup !== undefined &&
      (await within(cleanupDeadlineMs, Promise.resolve().then(cleanup))) === late
    ) {
      throw new Error(`it did not end within ${cleanupDeadlineMs / 1000} s`);
    }
  } catch (cause) {
    throw new PrefishError(
      'PREFISH_CLEANUP_FAILED',
      `The cleanup of ${name} failed: ${errorMessage(cause)}`,
      { plugin: name, hook: 'cleanup', cause },
    );
  } finally {
    owner.closed = true;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function (call it to get the plugin)';
  return value === null ? 'null' : typeof value;
}
