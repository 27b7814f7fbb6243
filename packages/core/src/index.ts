/** The kernel: a line goes somewhere. It knows no prefix, prints nothing and keeps no global state. */
export { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
export type {
  AnyErrorCode,
  Enclosure,
  ErrorCodeName,
  Event,
  EventBody,
  Exit,
  Json,
  ModelAccess,
  ModelApi,
  Task,
  TaskCounts,
  TaskPage,
  TaskQuery,
  TaskState,
} from '@prefish/protocol';
export { responsiblePlugin, type Responsible } from './attribution.ts';
export {
  defineCommand,
  type Args,
  type ArgsSpec,
  type Command,
  type LeadingArgsSpec,
  type Positional,
} from './command.ts';
export {
  defineConfig,
  type AgentChoice,
  type Config,
  type PluginEntry,
  type TaskLimitsChoice,
} from './config.ts';
export type {
  Ask,
  Enclosed,
  EventRenderer,
  LentTerminal,
  TerminalView,
  Out,
  RunContext,
  Session,
  ShellView,
} from './context.ts';
export { createShell, type CreateShellOptions } from './create-shell.ts';
export { Stage, type HookTaps, type Leaving, type Tappable, type TaskCollector } from './hooks/hooks.ts';
export type { Host } from './host.ts';
export type { Input, Origin } from './input.ts';
export { exitCodeOf, exitOf, exitOfTask } from './exit-code.ts';
export type { Outcome } from './outcome.ts';
export {
  definePlugin,
  type Plugin,
  type PluginDefinition,
  type PluginFactory,
  type PluginShell,
} from './plugin.ts';
export {
  pass,
  type Completion,
  type Luggage,
  type Pass,
  type Prefix,
  type PrefixInfo,
  type PrefixTokens,
  type TeleportNeeds,
} from './prefix.ts';
export type { ExpectedPrefix, RefusedToken } from './registration/configured-tokens.ts';
export type { YieldingPrefix } from './registration/yielding.ts';
export { slashWord, type Route, type TokenClaim } from './route.ts';
export type { Explanation, LoadedPlugin, PluginWithOrigin, Settled, Shell } from './shell.ts';
export {
  defineAction,
  type EventQuery,
  type FoundTask,
  type TaskAction,
  type TaskDirectory,
  type TaskListing,
  type TaskSource,
} from './task-source.ts';
export { apiVersion } from './api-version.ts';
