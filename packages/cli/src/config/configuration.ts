import type { Config, Plugin, RefusedToken, YieldingPrefix } from '@prefish/core';
import type { PrefishError } from '@prefish/protocol';
import type { TrustAnswer, TrustRequest } from '../trust/trust.ts';

/** Whose a configuration file is: the user's own, the repository's, or the one named by `--config`. */
export type Level = 'user' | 'project' | 'given';

/** A configuration file that counts. */
export interface ConfigFile {
  /** Absolute, as it was found; its real path may be another. */
  readonly path: string;
  readonly level: Level;
  readonly format: 'script' | 'json' | 'yaml' | 'manifest';
  /** For a project's: the real path of the repository's root, or of the folder itself where there is none. */
  readonly root?: string;
}

/** A configuration file, and what became of it. */
export interface UsedFile {
  readonly path: string;
  readonly level: Level;
  /** `waiting`: only its harmless part counts, until the folder is trusted. `failed`: see the problems. */
  readonly state: 'read' | 'waiting' | 'failed';
}

/** A project's configuration that asks for more than new tokens and is not trusted. */
export interface Waiting {
  readonly file: string;
  readonly request: TrustRequest;
  readonly answer: Exclude<TrustAnswer, 'trusted'>;
}

/** What one file says, checked. */
export interface Layer {
  readonly level: Level;
  /** The file, as it was found: what people see. */
  readonly origin: string;
  /** The folder from which its plugins are resolved: that of the real file. */
  readonly folder: string;
  readonly value: Config;
  /** Whether nobody has trusted it: its tokens give way to those of plugins. */
  readonly yields?: boolean;
}

/** A plugin that the configuration or `--plugin` names, after merging. */
export interface ConfiguredPlugin {
  /** A package's name or a file's absolute path; for an object of a script, the plugin's name. */
  readonly module: string;
  /** What a script has made already. */
  readonly plugin?: Plugin;
  /** Where a package is looked for, from here upwards. */
  readonly folder: string;
  /** The file that names it, or `--plugin`. */
  readonly origin: string;
  /** Whether the user named it, and not a repository. */
  readonly own: boolean;
  /** Absent: none were given. `false`: left out. */
  readonly options?: unknown;
}

/** Everything that is configured, and where each value comes from. */
export interface Configuration {
  readonly value: Config;
  /** By path in the value (`prefixes.shell`, `plugins[0]`): `default`, a file, `PREFISH_SERVER`, `--server`, `--plugin`. */
  readonly origins: Readonly<Record<string, string>>;
  readonly plugins: readonly ConfiguredPlugin[];
  /** Tokens that files have taken from prefixes: lines that begin with them are refused, not sent elsewhere. */
  readonly refused: readonly RefusedToken[];
  /** Prefixes to which a project that is not trusted gives tokens. */
  readonly yielding: readonly YieldingPrefix[];
  readonly files: readonly UsedFile[];
  /** Why a file does not count. */
  readonly problems: readonly PrefishError[];
  /** Files that look as if they were meant to be read, and are not. */
  readonly ignored: readonly IgnoredFile[];
  readonly waiting?: Waiting;
}

/** A file of a name that prefish does not read, with what to do about it. */
export interface IgnoredFile {
  readonly path: string;
  readonly hint: string;
}
