import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ArgsSpec, Command, LeadingArgsSpec } from './command.ts';
import type { Session, ShellView } from './context.ts';
import type { HookTaps } from './hooks/hooks.ts';
import type { Prefix } from './prefix.ts';
import type { TaskSource } from './task-source.ts';

type Awaitable<T> = T | Promise<T>;
type In<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : undefined;
type OutputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : undefined;

/** A plugin's only door into the shell. Whatever is registered through it is undone when the shell closes. */
export interface PluginShell<Options = undefined> {
  /** The validated options. */
  readonly options: Options;
  /** Aborted when the shell closes, before cleanups run. */
  readonly signal: AbortSignal;
  readonly session: Session;
  /**
   * The folder for what this plugin keeps between shells; it makes it when it needs it. `undefined` where
   * whoever runs the shell has none for it.
   */
  readonly dataFolder: string | undefined;
  readonly view: ShellView;
  /** For policy: deny, log, rewrite. For features, register. */
  readonly hooks: HookTaps;
  /** @throws PREFISH_TOKEN_INVALID, PREFISH_PLUGIN_DUPLICATE */
  prefix<const S extends LeadingArgsSpec = Record<never, never>>(prefix: Prefix<S>): void;
  /** @throws PREFISH_PLUGIN_DUPLICATE */
  command<const S extends ArgsSpec = Record<never, never>>(command: Command<S>): void;
  /** @throws PREFISH_PLUGIN_DUPLICATE */
  tasks(source: TaskSource): void;
  /** Says something outside of any line: an upload that failed, a task that ended. */
  notify(message: string): void;
  /**
   * Says how something is that goes on outside of any line, where a person watches: `uploading 40%`. Each key has a
   * row, which changes in place; `undefined` takes it away, and so does the end of the plugin.
   */
  status(key: string, text: string | undefined): void;
  /** Like {@link notify}, with a code and a hint. */
  warn(code: string, message: string, hint?: string): void;
}

/** What {@link definePlugin} takes. */
export interface PluginDefinition<S extends StandardSchemaV1 | undefined> {
  /** The package name: `prefish-plugin-notes`. */
  readonly name: string;
  readonly version?: string;
  /** The range of the plugin API it was written for (`^1`), checked before `setup`. */
  readonly api: string;
  /** Any Standard Schema: zod, valibot, arktype. Checked before `setup`. */
  readonly options?: S;
  /** Registers what the plugin offers. May return a cleanup; cleanups run in reverse order of setup. */
  setup(shell: PluginShell<OutputOf<S>>): Awaitable<void | (() => Awaitable<void>)>;
}

/** A plugin with its options, ready to be given to a shell. */
export interface Plugin {
  readonly kind: 'prefish.plugin';
  readonly name: string;
  readonly version?: string;
  readonly api: string;
  readonly schema?: StandardSchemaV1;
  readonly options: unknown;
  setup(shell: PluginShell<never>): Awaitable<void | (() => Awaitable<void>)>;
}

/** Called with the plugin's options, where it has any. */
export type PluginFactory<S> = S extends StandardSchemaV1
  ? Record<never, never> extends In<S>
    ? (options?: In<S>) => Plugin
    : (options: In<S>) => Plugin
  : () => Plugin;

/**
 * Defines a plugin.
 *
 * @example
 * export default definePlugin({
 *   name: 'prefish-plugin-shout', api: '^1',
 *   setup(shell) {
 *     shell.prefix({ id: 'shout', token: '^', summary: 'Say it loudly',
 *       run: (body, { out }) => { out.line(body.toUpperCase()); return { type: 'ok' }; } });
 *   },
 * });
 */
export function definePlugin<const S extends StandardSchemaV1 | undefined = undefined>(
  definition: PluginDefinition<S>,
): PluginFactory<S> {
  const create = (options: unknown): Plugin => ({
    kind: 'prefish.plugin',
    name: definition.name,
    api: definition.api,
    options,
    setup: (shell) => definition.setup(shell),
    ...(definition.version === undefined ? {} : { version: definition.version }),
    ...(definition.options === undefined ? {} : { schema: definition.options }),
  });
  return create as PluginFactory<S>;
}
