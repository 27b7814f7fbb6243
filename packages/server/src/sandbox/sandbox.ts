import type { Readable, Writable } from 'node:stream';
import type { ContainmentPart, Exit, SandboxKind, TaskLimits } from '@prefish/protocol';
import type { BoundPath } from '../runtime.ts';

/** What may contain tasks: what works here, only bubblewrap, or nothing at all. */
export type SandboxMode = 'auto' | 'bwrap' | 'none';

/** What contains tasks on this machine. */
export interface SandboxReport {
  readonly kind: SandboxKind;
  /** Why nothing does, in one line. */
  readonly reason?: string;
  readonly hint?: string;
}

/** A task's line, and the world that it is to run in. Paths are absolute and normal. */
export interface SandboxRequest {
  readonly task: string;
  readonly attempt: number;
  readonly command: readonly [string, ...string[]];
  /** The task's copy of the work tree, on the host. */
  readonly tree: string;
  /** Where this process finds it, where that is another place. */
  readonly treeHere?: string;
  /** What the sandbox is started with, where the tree is only to be seen from within a mount namespace. */
  readonly enter?: readonly string[];
  /** Where the task sees it: its place on the submitter's machine. */
  readonly root: string;
  /** Relative to `root`. */
  readonly cwd: string;
  /** Private writable folders on the host: the task's HOME and `/tmp`. */
  readonly home: string;
  readonly tmp: string;
  /** The submitter's PATH and variables; HOME among the latter. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it has the network of the machine. Without, it has a loopback that leads nowhere. */
  readonly hasNetwork: boolean;
  /** Whether it may trace its own processes, as debuggers and leak checkers do. */
  readonly tracing: boolean;
  /** Where the task finds what came along with it, if anything did. */
  readonly taskFolder?: string;
  /** Folders and files to hide where what is bound would show them: the server's own. */
  readonly hidden: readonly string[];
  /** What else is bound read-only: the runtime, the mirror's objects, and what came along. */
  readonly mounts: readonly BoundPath[];
  /** What the configuration lets a task use of the machine. */
  readonly limits?: TaskLimits | undefined;
}

/** What a task used more of than it may. */
export interface Exceeded {
  readonly limit: 'memory' | 'disk' | 'files' | 'processes';
  readonly message: string;
  readonly hint: string;
}

/** How a sandboxed process ended, and whether the command was run at all. */
export interface SandboxEnd {
  /** The process's own exit. bubblewrap reports a signal of the command as code 128+n. */
  readonly exit: Exit;
  /** False when the sandbox itself could not be set up. */
  readonly ran: boolean;
  /** Why processes of the task were killed from outside, where they were. */
  readonly exceeded?: Exceeded;
}

/** A process that has been started and waits: nothing of the command runs before {@link go}. */
export interface SandboxProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Lets the command run. */
  go(): void;
  /** Ends every process of the task. {@link ended} tells when they are gone. */
  kill(): void;
  /** Resolves once no process of the task is left; output may still have to be read. */
  readonly ended: Promise<SandboxEnd>;
}

/** Runs the lines of tasks where they can do no harm. */
export interface Sandbox {
  readonly mode: SandboxMode;
  /** What contains tasks now; cheap to ask again. */
  report(): Promise<SandboxReport>;
  /** What else keeps tasks in, with the limits that are configured, and whether it works here. */
  parts(limits?: TaskLimits): Promise<readonly ContainmentPart[]>;
  /** Starts a command. Call it on the main thread: what a worker thread started dies with that thread. */
  start(kind: SandboxKind, request: SandboxRequest): Promise<SandboxProcess>;
}
