import type { DiskUse, GrantedMount, Network } from '@prefish/protocol';
import type { Connect, Elsewhere } from './server.ts';
import type { SnapshotLimits } from './submit/admit-size.ts';

/** What contains lines: `auto`, only bubblewrap, or nothing where that does not work. */
export type SandboxChoice = 'auto' | 'bwrap' | 'none';

/** What the user lets every line have of their own. */
export type Grants = Required<Pick<TeleportOptions, 'mounts' | 'environment'>>;

/** The options of the teleport plugin, given by the program that composes the shell. */
export interface TeleportOptions {
  /**
   * Absolute folders of prefish: what may be thrown away, what must be kept (outbox, undo), what is remembered. No snapshot
   * takes them. `server` is the one in them that the server of this machine says the use of itself.
   */
  readonly folders: {
    readonly cache: string;
    readonly data: string;
    readonly state?: string;
    readonly server?: string;
  };
  /** The server of this machine. */
  readonly connect: Connect;
  /** Servers on other machines. Default: none. */
  readonly elsewhere?: Elsewhere;
  /** Starts a process that delivers what this one leaves undelivered. Default: the next prefish does. */
  readonly deliverLater?: () => Promise<void>;
  /** What takes room in the folder of a server for others on this machine. */
  readonly folderUse?: (folder: string, signal: AbortSignal) => Promise<DiskUse>;
  /** What a line reaches unless it says otherwise. */
  readonly network?: Network;
  /** The hosts that the network level `allowlist` reaches. Default: none. */
  readonly allow?: readonly string[];
  /** What becomes of lines where no sandbox works: see `sandbox` of the configuration. Default: `auto`. */
  readonly sandbox?: SandboxChoice;
  /** From which size on one is asked before a snapshot goes. Default: 500 MB a file, 2 GB together. */
  readonly snapshot?: Partial<SnapshotLimits>;
  /** Ignored paths that go along with every line where they are there, relative to the top of the work tree. */
  readonly carry?: readonly string[];
  /** What a server elsewhere runs before a line, to install what it needs. Default: what the lockfiles ask for. */
  readonly setup?: string;
  /** Folders and files of this machine that every task of this machine's server sees. Absolute. */
  readonly mounts?: readonly GrantedMount[];
  /** Variables that go along with every line, by name. */
  readonly environment?: readonly string[];
}

/** The part of the Standard Schema interface (https://standardschema.dev) that a hand-written schema needs. */
export interface TeleportOptionsSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'prefish';
    readonly types?: { readonly input: TeleportOptions; readonly output: TeleportOptions };
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: TeleportOptions }
      | { readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[] };
  };
}

/** {@link TeleportOptions} as a Standard Schema. */
export const teleportOptions: TeleportOptionsSchema = {
  '~standard': {
    version: 1,
    vendor: 'prefish',
    validate: (value) => {
      const given = (value ?? {}) as Partial<TeleportOptions>;
      const issues = [
        ...(['cache', 'data'] as const)
          .filter((name) => typeof given.folders?.[name] !== 'string')
          .map((name) => ({ message: 'must be an absolute path', path: ['folders', name] })),
        ...(typeof given.connect === 'function'
          ? []
          : [{ message: 'must be a function', path: ['connect'] }]),
      ];
      return issues.length > 0 ? { issues } : { value: given as TeleportOptions };
    },
  },
};
