import type { Enclosure, ModelAccess } from './enclosure.ts';
import type { SentTag } from './sent-tag.ts';
import type { Base, Network, Task, TaskGroup } from './task.ts';

/** The version of the HTTP API. A client and a server work together when these are equal. */
export const protocolVersion = 1;

/**
 * The longest line of a task, in bytes. A line is one argument of the program that runs it, and Linux
 * takes none of 128 KiB or more (MAX_ARG_STRLEN, execve(2)).
 */
export const maxLineBytes: number = 127 * 1024;

/** `GET /v1/info`: what a client needs to know before it submits. */
export interface ServerInfo {
  /** The version of prefish. */
  readonly version: string;
  readonly protocol: number;
  /** The process id of the server, for `daemon status` and `daemon stop`. */
  readonly pid: number;
  /** Where tasks run, for people: `this machine`, or the server's name. */
  readonly place: string;
  /** Whether client and server share one machine and one user: repositories go by path, dependency folders are copied. */
  readonly embedded: boolean;
  /** The prefixes that lines of tasks may begin with; the empty token is plain text. */
  readonly prefixes: readonly {
    readonly id: string;
    readonly token: string;
    /** Whether such a line reads messages while it runs. */
    readonly messages?: boolean;
  }[];
  /** What contains tasks, and why nothing does where it is `none`. */
  readonly sandbox: {
    readonly kind: 'bwrap' | 'none';
    readonly reason?: string;
    readonly parts?: readonly ContainmentPart[];
  };
  readonly networks: readonly Network[];
  /** Where the page is, once somebody has asked for it. */
  readonly url?: string;
  readonly limits: { readonly lineBytes: number; readonly packBytes: number; readonly tasks: number };
  readonly working: number;
  readonly submitted: number;
}

/** A part of what keeps tasks in, besides the sandbox's namespaces. */
export interface ContainmentPart {
  readonly part: 'seccomp' | 'limits';
  /** Whether it works on this machine. */
  readonly ok: boolean;
  readonly message: string;
  /** What makes it work. */
  readonly fix?: string;
}

/** What one task may use of the machine that runs it; what is absent has a generous default. */
export interface TaskLimits {
  /** Bytes of memory, of all its processes together. Default: 80 % of the machine's. */
  readonly memory?: number;
  /** Processes and threads at once. Default: 4096. */
  readonly processes?: number;
  /** Processors' worth of time. Default: all. */
  readonly cpus?: number;
  /** Bytes that its snapshot may take on the disk, and that it may add to them. Default: 20 GB. */
  readonly disk?: number;
  /** Files that its snapshot may hold, and that it may add to them. Default: 750,000. */
  readonly files?: number;
}

/** `PUT /v1/repositories/:repo`: the mirror that snapshots of a repository are pushed to; made when absent. */
export interface RepositoryLocation {
  readonly repo: string;
  /** What `git push` takes: a path on the embedded server, else a URL. */
  readonly remote: string;
  /** The folder of the mirror's objects, where client and server share a disk: results need no fetch. */
  readonly objects?: string;
  /** The commit of the snapshot that was sent there last: the next needs only the difference. */
  readonly latest?: string;
}

/**
 * What may come with that request on the embedded server: where on this disk the history is that the next snapshot
 * goes on from. It is then shared with the mirror, not copied.
 */
export interface RepositoryHistory {
  /** The folder of the repository's objects. Absolute. */
  readonly objects: string;
  /** A commit whose whole history is in it. */
  readonly commit: string;
}

/** A folder or file that the submitter's own configuration lets tasks see. */
export interface GrantedMount {
  /** Absolute. */
  readonly path: string;
  /** Default: read-only. */
  readonly writable?: boolean;
}

/** What the submitter asked for with the leading options of `&`. */
export interface TaskOptions {
  /** Ids of tasks that must have completed first. */
  readonly after?: readonly string[];
  /** Ids of tasks that must have ended first, however they did (`--after ID:any`). */
  readonly afterAny?: readonly string[];
  /** Seconds after which the task is ended. */
  readonly timeout?: number;
  /** How often a started line may run again after its worker was lost. */
  readonly retries?: number;
  readonly network?: Network;
  /** What `allowlist` reaches: hosts (`registry.example.com`), all below one (`*.example.com`), with a port where it is none of the usual. Default: none. */
  readonly allow?: readonly string[];
  /** Ignored paths, relative to `root`, that go along: the dependency folders found, and what `--carry` named. */
  readonly carry?: readonly string[];
  /** Who commits made inside the task are by. */
  readonly identity?: { readonly name: string; readonly email: string };
  /** Whether the task may run where no sandbox works. A line that the user typed may. */
  readonly unsandboxed?: boolean;
  /** Ignored paths that the task may leave behind, relative to `root`: kept with its result, for `tasks get`. */
  readonly keep?: readonly string[];
  /** Folders and files of the submitter's machine that the task sees where they are; on a server of their own alone. */
  readonly mounts?: readonly GrantedMount[];
  /** Run once before the line on a server elsewhere, where dependencies do not travel: `npm ci`. Default: found by lockfile. */
  readonly setup?: string;
}

/** `POST /v1/tasks`. The same id twice is one task. */
export interface SubmitTask {
  readonly id: string;
  /** Run by `prefish -c` in the task, byte for byte. */
  readonly line: string;
  readonly title?: string;
  /** The random id that the client keeps for its repository. */
  readonly repo: string;
  /** The commit, already pushed to the mirror, whose tree is the workspace. */
  readonly snapshot: string;
  readonly base: Base;
  /** The newest tags of the repository. */
  readonly tags?: readonly SentTag[];
  /** Absolute path of the work tree's top on the submitter's machine; the task sees its workspace there. */
  readonly root: string;
  /** The folder in which the line starts, relative to `root`; `''` is the top. */
  readonly cwd: string;
  /** The submitter's PATH. */
  readonly path: string;
  /** Variables of the submitter that are safe to pass on (locale, HOME, tool roots). */
  readonly env: Readonly<Record<string, string>>;
  /** False outside git: the workspace gets no `.git`. */
  readonly git: boolean;
  /** The submitter is on another machine: `path`, and what `env` says of folders, name nothing on the server's. */
  readonly elsewhere?: boolean;
  /** The siblings of one line with `--attempts`. */
  readonly group?: TaskGroup;
  readonly options: TaskOptions;
  readonly enclosed?: Enclosure;
  /** The models that it may use. Kept apart from the task. */
  readonly models?: readonly ModelAccess[];
}

/** Which tasks `GET /v1/tasks` lists, newest first. */
export interface TaskQuery {
  readonly state?: readonly Task['state'][];
  readonly repo?: string;
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** Only what can be told without starting anything: of a server that does not run, nothing. */
  readonly passive?: boolean;
  /** How many there are is wanted too. */
  readonly counts?: boolean;
}

/** How many tasks there are, on whatever page. */
export interface TaskCounts {
  readonly total: number;
  /** Of these, how many have not ended. */
  readonly active: number;
}

/** A page of tasks. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly next?: string;
  /** Where the query asked for them, and the source knows. */
  readonly counts?: TaskCounts;
}

/** One file of a task's result. */
export interface FileChange {
  readonly path: string;
  /** What a file that was renamed was called before. */
  readonly from?: string;
  readonly insertions: number;
  readonly deletions: number;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type-changed';
  /** Set where it is a symbolic link now: of one that was renamed, and nothing else, the patch does not say so. */
  readonly link?: true;
}

/** `GET /v1/tasks/:id/diff`: what the task changed. */
export interface TaskDiff {
  readonly files: readonly FileChange[];
  /** A binary-safe git patch with full object ids, `snapshot` → `result`. Of a long one, the files that come first. */
  readonly patch: string;
  /** What is missing, in a sentence, which is also the last line of the patch: `cut after 16 MB: …`. Absent: nothing. */
  readonly cut?: string;
}

/** `POST /v1/tasks/:id/continue`: a message for a task that has ended, which a new task takes up where that one left off. */
export interface ContinueTask {
  /** The id of the new task. */
  readonly id: string;
  /** The message, as a line of the new task. */
  readonly line: string;
  readonly title?: string;
  readonly enclosed?: Enclosure;
  readonly models?: readonly ModelAccess[];
}

/** One file that a task left behind, and `--keep` kept: `GET /v1/tasks/:id/files`, `GET /v1/tasks/:id/files/PATH`. */
export interface KeptFile {
  /** Relative to `root`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** What takes room on a server, in bytes: `GET /v1/usage`. */
export interface DiskUse {
  /** Tasks and their transcripts. */
  readonly database: number;
  /** The mirrors that snapshots are pushed to, with every result. */
  readonly repositories: number;
  /** What workspaces are made from: checkouts, and what set-up commands installed. */
  readonly caches: number;
  /** What `--keep` kept. */
  readonly kept: number;
  /** The workspaces of tasks that run. */
  readonly workspaces: number;
}

/** `POST /v1/clean`: what was removed, or with `dryRun` would be. */
export interface Cleaned {
  /** Tasks that ended longer ago than the server keeps them. */
  readonly tasks: number;
  /** In bytes. */
  readonly freed: number;
}

/** Where the two ends of a task's work are, for bringing it home. */
export interface TaskSnapshots {
  readonly repo: string;
  /** The commit that was sent. */
  readonly snapshot: string;
  /** The commit that came out; absent when nothing changed. */
  readonly result?: string;
}
