import type { Host } from './host.ts';
import type { Plugin } from './plugin.ts';
import type { Shell } from './shell.ts';

/** What {@link createShell} takes. */
export interface CreateShellOptions {
  readonly plugins: readonly (Plugin | { readonly plugin: Plugin; readonly origin: string })[];
  readonly host?: Host;
  /** The folder of the first line. Default: the process's. */
  readonly cwd?: string;
  /** The variables of the first line. Default: the process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Renames (`"$"`), adds (`["&", ">>"]`) or removes (`false`) tokens, by prefix id. */
  readonly prefixes?: Readonly<Record<string, string | readonly string[] | false>>;
  /** Prefixes that ought to be there: while nobody registers them, lines with their token are refused and say so. */
  readonly expected?: readonly { readonly id: string; readonly token: string; readonly plugin: string }[];
  /** How long a handler may go on after its signal, in milliseconds, before it is left behind. Default 5000. */
  readonly graceMs?: number;
  /** How long a task source may take to list, in milliseconds. Default 5000. */
  readonly sourceDeadlineMs?: number;
}

export declare function createShell(options: CreateShellOptions): Promise<Shell>;
