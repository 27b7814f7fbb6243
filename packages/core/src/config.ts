import type { Plugin } from './plugin.ts';
import type { PrefixTokens } from './prefix.ts';

/**
 * A plugin in a configuration: the module that exports it, the module with options for it, or, in a
 * script, what {@link definePlugin} made. A module is a package (`"prefish-plugin-notes"`), or a file
 * relative to the configuration (`"./notes.ts"`).
 *
 * A default plugin may be named too: with options, these are its options; with `false`, it is left out.
 */
export type PluginEntry = Plugin | string | readonly [module: string, options: unknown];

/**
 * The coding agent that takes plain text: one that prefish knows, by name (`"claude"`); a program that
 * speaks the Agent Client Protocol; or any program, started for each message with the message in the
 * place of `{prompt}`.
 */
export type AgentChoice =
  | string
  | {
      readonly command: string;
      readonly args?: readonly string[];
      /** Added to the variables of the session. */
      readonly env?: Readonly<Record<string, string>>;
      /** The mode to work in, by the agent's own id of it (`plan`). */
      readonly mode?: string;
      /** Which protocol it speaks with its model, so that it can in a task; `none` for one that needs no model there. */
      readonly model?: 'anthropic' | 'openai' | 'google' | 'none';
    }
  | {
      readonly exec: readonly [program: string, ...args: string[]];
      readonly model?: 'anthropic' | 'openai' | 'google' | 'none';
    };

/** What one task may use. Sizes are `"8 GB"` or `"512 MB"`. */
export interface TaskLimitsChoice {
  /** Of all its processes together. Default: 80 % of the machine's. */
  readonly memory?: string;
  /** What its snapshot may take on the disk, and what it may add to that. Default: `"20 GB"`. */
  readonly disk?: string;
  /** Files that its snapshot may hold, and that it may add to them. Default: 750,000. */
  readonly files?: number;
  /** Processes and threads at once. Default: 4096. */
  readonly processes?: number;
  /** Processors' worth of time. Default: all. */
  readonly cpus?: number;
}

/**
 * What a configuration file may hold: `prefish.config.{ts,mts,js,mjs,json,yaml}`,
 * `.prefishrc{,.json,.yaml}`, or `prefish` in a package.json. Of several files, the later wins: the
 * user's, the project's, the one that `--config` names; `plugins` and `prefixes` are merged.
 */
export interface Config {
  /** Where an editor finds what is allowed here. */
  readonly $schema?: string;
  readonly plugins?: readonly PluginEntry[];
  readonly prefixes?: PrefixTokens;
  /** The server that `&` sends lines to. Default: the background server of this machine. */
  readonly server?: string;
  /** What a teleported line may reach unless it says otherwise. */
  readonly network?: 'none' | 'allowlist' | 'full';
  /** The hosts that `allowlist` reaches (`registry.example.com`, `*.example.com`, `localhost:4873`). Default: none. */
  readonly allow?: readonly string[];
  /**
   * What contains teleported lines. `auto`: bubblewrap; where it does not work, shell lines run without it and
   * messages to an agent are refused. `bwrap`: nothing runs without it. `none`: where it does not work,
   * everything runs without. Default: `auto`.
   */
  readonly sandbox?: 'auto' | 'bwrap' | 'none';
  /** Ignored paths that go along with every teleported line, relative to the repository's root. */
  readonly carry?: readonly string[];
  /** From which size on one is asked before files that changed or are new go along: `500 MB`, `2 GB`. */
  readonly snapshot?: { readonly file?: string; readonly total?: string };
  /** Folders and files of this machine that teleported lines see where they are: absolute, or `~/…`. Default: none. */
  readonly mounts?: readonly (string | { readonly path: string; readonly writable?: boolean })[];
  /** Names of variables that go along with teleported lines, besides those that hold no secrets by their kind. */
  readonly environment?: readonly string[];
  /** What one task may use of this machine. Counts in the user's own configuration alone. */
  readonly limits?: TaskLimitsChoice;
  /** How long the server of this machine keeps tasks that have ended. Counts in the user's own configuration alone. */
  readonly retention?: { readonly days?: number; readonly size?: string };
  /** What a server elsewhere runs before a line, where dependencies do not travel. Default: what the lockfiles ask for. */
  readonly setup?: string;
  /** Default: one that is found on PATH. */
  readonly agent?: AgentChoice;
}

/**
 * Types a configuration written in TypeScript or JavaScript; returns it as it is.
 *
 * @example
 * export default defineConfig({ plugins: [notes({ folder: '~/notes' })], prefixes: { shell: '$' } });
 */
export function defineConfig<const C extends Config>(config: C): C {
  return config;
}
