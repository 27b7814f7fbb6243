import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { apiVersion } from '../api-version.ts';
import { attributed, inPlugin } from '../attribution.ts';
import type { Session, ShellView } from '../context.ts';
import { late, within } from '../deadline.ts';
import { hookTaps } from '../hooks/guard.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import type { EventLog } from '../lines/event-log.ts';
import type { Plugin, PluginShell } from '../plugin.ts';
import { unlessAborted } from '../signals.ts';
import { thrownAt } from '../thrown-at.ts';
import type { PluginOwner } from './plugin-owner.ts';
import type { Registry } from './registry.ts';

/** What a plugin is given to register with, apart from itself. */
export interface LoadTarget {
  readonly registry: Registry;
  readonly hooks: ShellHooks;
  readonly session: Session;
  readonly view: ShellView;
  readonly log: EventLog;
  readonly setupDeadlineMs: number;
  readonly cleanupDeadlineMs: number;
  notify(message: string): void;
  status(key: string, text: string | undefined): void;
  dataFolder(plugin: string): string | undefined;
}

/** Undoes a setup. Rejects with `PREFISH_CLEANUP_FAILED`. */
export type Cleanup = () => Promise<void>;

/**
 * Checks a plugin's API range and options, then sets it up for `owner`. When anything is wrong,
 * everything that it registered is taken back and its tokens stay refused.
 *
 * @throws PREFISH_PLUGIN_API, PREFISH_PLUGIN_OPTIONS, PREFISH_PLUGIN_SETUP, PREFISH_PLUGIN_DUPLICATE, PREFISH_TOKEN_INVALID
 */
export async function loadPlugin(plugin: Plugin, owner: PluginOwner, target: LoadTarget): Promise<Cleanup> {
  try {
    await checkApi(plugin);
    const options = await checkOptions(plugin);
    const cleanup = await runSetup(plugin, pluginShell(plugin, options, owner, target), owner, target);
    target.registry.freeTokens(plugin.name);
    return () => clean(plugin.name, cleanup, target.cleanupDeadlineMs);
  } catch (error) {
    owner.close();
    target.registry.removePlugin(plugin.name, `${plugin.name} failed to load: ${errorMessage(error)}`);
    throw error;
  }
}

async function checkApi({ name, api }: Plugin): Promise<void> {
  if (await isCompatible(api)) return;
  throw new PrefishError(
    'PREFISH_PLUGIN_API',
    `${name} is written for plugin API ${api}; this prefish has ${apiVersion}`,
    {
      plugin: name,
      hint: `Install a version of ${name} for plugin API ${apiVersion} (prefish plugins update ${name}), or a prefish that offers plugin API ${api}.`,
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
  const { schema } = plugin;
  if (schema === undefined) {
    if (plugin.options === undefined) return undefined;
    throw new PrefishError('PREFISH_PLUGIN_OPTIONS', `${plugin.name} takes no options, and is given some`, {
      plugin: plugin.name,
      hint: 'Leave them out where the configuration names the plugin.',
    });
  }
  const result = await inPlugin(plugin.name, 'options', () =>
    schema['~standard'].validate(plugin.options ?? {}),
  );
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message, path }) => {
    const where = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return where ? `${where}: ${message}` : message;
  });
  throw new PrefishError(
    'PREFISH_PLUGIN_OPTIONS',
    `The options of ${plugin.name} do not fit: ${issues.join('; ')}`,
    { plugin: plugin.name, hint: 'Change them where the configuration names the plugin.' },
  );
}

/** The cleanup that the setup returns. One that takes too long, or is unloaded meanwhile, is told to stop; what it returns later is run at once. */
async function runSetup(
  plugin: Plugin,
  shell: PluginShell<never>,
  owner: PluginOwner,
  { setupDeadlineMs, cleanupDeadlineMs, log }: LoadTarget,
): Promise<unknown> {
  const { name } = plugin;
  const running = inPlugin(name, 'setup', async () => plugin.setup(shell));
  const warn = (error: unknown): void => log.report('warning', error, name);
  const cleanUp = (cleanup: unknown): Promise<void> => clean(name, cleanup, cleanupDeadlineMs).catch(warn);
  try {
    const cleanup = await unlessAborted(owner.signal, within(setupDeadlineMs, running));
    if (cleanup !== late) return cleanup;
  } catch (cause) {
    if (isPrefishError(cause) && !owner.signal.aborted)
      throw attributed(cause, { plugin: name, hook: 'setup' });
    const reason = owner.signal.aborted ? 'was closed during' : `failed in`;
    // Told to stop, like a handler, it has a while for it; when it takes longer, it is cleaned up later.
    const ended = running.then(cleanUp, () => {});
    if (owner.signal.aborted) await within(cleanupDeadlineMs, ended);
    const message = `${name} ${reason} its setup: ${errorMessage(cause)}${thrownAt(cause)}`;
    throw new PrefishError('PREFISH_PLUGIN_SETUP', message, {
      plugin: name,
      hook: 'setup',
      cause,
      hint: `${leaveOut(name)} PREFISH_DEBUG=1 shows the stack.`,
    });
  }
  running.then(cleanUp).catch(warn);
  throw new PrefishError(
    'PREFISH_PLUGIN_SETUP',
    `${name} did not finish its setup within ${setupDeadlineMs / 1000} s`,
    { plugin: name, hook: 'setup', hint: leaveOut(name) },
  );
}

function leaveOut(name: string): string {
  return `The shell starts without ${name}; leave it out of the configuration until it is mended.`;
}

function pluginShell(
  plugin: Plugin,
  options: unknown,
  owner: PluginOwner,
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
    signal: owner.signal,
    session: target.session,
    dataFolder: target.dataFolder(plugin.name),
    view: target.view,
    hooks: hookTaps(target.hooks, owner),
    prefix: open((prefix) => target.registry.addPrefix(prefix as never, plugin.name)),
    command: open((command) => target.registry.addCommand(command as never, plugin.name)),
    tasks: open((source) => target.registry.addSource(source, plugin.name)),
    notify: (message) => !owner.closed && target.notify(message),
    status: statusOf(plugin, owner, target),
    warn: (code, message, hint) => !owner.closed && target.log.warn(plugin.name, code, message, hint),
  };
}

/** Rows of a plugin's own, gone when it is. */
function statusOf(
  { name }: Pick<Plugin, 'name'>,
  owner: PluginOwner,
  target: LoadTarget,
): PluginShell['status'] {
  const keys = new Set<string>();
  const clear = (): void => {
    for (const key of keys) target.status(`${name} ${key}`, undefined);
  };
  return (key, text) => {
    if (owner.signal.aborted) return;
    if (text === undefined) keys.delete(key);
    else keys.add(key);
    if (keys.size === 0) owner.signal.removeEventListener('abort', clear);
    else owner.signal.addEventListener('abort', clear);
    target.status(`${name} ${key}`, text);
  };
}

async function clean(name: string, cleanup: unknown, deadlineMs: number): Promise<void> {
  if (typeof cleanup !== 'function') return;
  try {
    const running = inPlugin(name, 'cleanup', async () => (cleanup as () => unknown)());
    if ((await within(deadlineMs, running)) === late) {
      throw new Error(`it did not end within ${deadlineMs / 1000} s`);
    }
  } catch (cause) {
    throw new PrefishError(
      'PREFISH_CLEANUP_FAILED',
      `The cleanup of ${name} failed: ${errorMessage(cause)}${thrownAt(cause)}`,
      { plugin: name, hook: 'cleanup', cause, hint: 'Something that it started may still run.' },
    );
  }
}
