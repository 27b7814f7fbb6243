import type { ServerInfo, TaskLimits } from '@prefish/protocol';
import type { Retention } from './housekeeping/retention.ts';

/** A file or folder of the host that a task sees, read-only unless said otherwise. */
export interface BoundPath {
  readonly source: string;
  readonly target: string;
  /** `source` is a symbolic link, and is one in the sandbox too; what it leads to is bound by itself. */
  readonly link?: true;
  /** Left out where `source` is not there when the task starts. */
  readonly optional?: true;
  /** The task may write to it, too. */
  readonly writable?: boolean;
  /** The submitter's configuration names it: what in it holds credentials is left out. */
  readonly granted?: true;
}

/**
 * The prefish that runs inside a task: one folder of files bound read-only into the sandbox, called by
 * absolute path and never on PATH.
 */
export interface Runtime {
  /** What to bind where: itself below `/run/prefish`, and the plugins that it loads where they are. */
  readonly mounts: readonly BoundPath[];
  /** The command inside the sandbox, without arguments: `['/run/prefish/bin/node', '/run/prefish/dist/main.mjs']`. */
  readonly command: readonly [string, ...string[]];
  /** The same command outside one, for tasks that run unsandboxed. */
  readonly hostCommand: readonly [string, ...string[]];
  /** What stands behind either command, before the line: which configuration and plugins it loads. */
  readonly arguments: readonly string[];
}

/** What a server can run at the moment. */
export interface Offer {
  readonly runtime: Runtime;
  /** The prefixes that lines of tasks may begin with. */
  readonly prefixes: ServerInfo['prefixes'];
  /** What the configuration lets a task use of this machine. */
  readonly limits?: TaskLimits;
  /** Hosts of this machine and its networks that tasks of others may reach all the same: `registry.internal`, `10.0.0.5:5432`. */
  readonly reach?: readonly string[];
  /** How long ended tasks are kept, where the configuration says. */
  readonly retention?: Partial<Retention>;
}
