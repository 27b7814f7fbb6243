import type { RepositoryLocation, Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';

/**
 * Whether `connect` may start a server that does not run, and open a connection to one elsewhere: `true` does
 * what it takes; `'if-used'` starts one only where there have been tasks before, and leaves one elsewhere alone
 * that did not answer a moment ago; `false` does nothing of the kind.
 */
export type StartMode = boolean | 'if-used';

/** A client of a server. Rejects with `PREFISH_SERVER_UNREACHABLE` where none may be started. */
export type Connect = (options: { readonly start: StartMode }, signal: AbortSignal) => Promise<ServerClient>;

/** What git is given to reach a mirror. */
export interface GitRemote {
  /** What `git push` and `git fetch` take: a path, or a URL without credentials. */
  readonly url: string;
  /** Variables on top of the user's. Credentials are in these, and never in arguments. */
  readonly env: Readonly<Record<string, string>>;
}

/** Whom a server takes this user for. */
export interface ServerLogin {
  /** The account; `token ID` where all that is known is a token of the environment. */
  readonly name: string;
  /** Since when, as ISO 8601. Absent: an older prefish logged in, and noted no time. */
  readonly since?: string;
}

/** A server that lines can be sent to, and what it takes to reach it. */
export interface Server {
  /** What tells it from the others: its URL, as `--server` takes it; `here` for that of this machine. */
  readonly id: string;
  /** Where its tasks run, for people: `this machine`, `devbox`. */
  readonly place: string;
  /** Whether it is on another machine: nothing goes there by path, and what comes out is fetched. */
  readonly elsewhere: boolean;
  readonly connect: Connect;
  /** Whether the user has logged in to it, or given a token for it: what is sent to a stranger is not kept. Absent: they have. */
  isKnown?(): boolean;
  /** Whom it takes the user for; `undefined` where nobody is logged in. Absent: it knows no accounts. */
  login?(): ServerLogin | undefined;
  remote(location: RepositoryLocation): Promise<GitRemote>;
  /** Whether leave to use models may go along with lines to it; to be asked once. Absent: it may. */
  readonly models?: { isAllowed(): Promise<boolean>; allow(): Promise<void> };
  /** Makes a port of that machine's own (`http://127.0.0.1:PORT`) reachable from here. Absent: it is. */
  forward?(url: string, signal: AbortSignal): Promise<string>;
}

/** The servers on other machines. */
export interface Elsewhere {
  /** Where lines go that do not say where; `undefined`: to this machine's. @throws PREFISH_USAGE */
  chosen(): Server | undefined;
  /** Those whose tasks are listed. */
  readonly known: readonly Server[];
  /** The server of a URL. @throws PREFISH_USAGE where there is none of such a name */
  open(url: string): Server;
}

/** The id of this machine's server. */
export const here = 'here';

/** The server of this machine: git reaches its mirrors by path. */
export function serverHere(connect: Connect): Server {
  return {
    id: here,
    place: 'this machine',
    elsewhere: false,
    connect,
    remote: async ({ remote }) => ({ url: remote, env: {} }),
  };
}

/** A task of a server elsewhere as it is shown here. That server calls its own place `this machine`. */
export function seenFromHere(task: Task, { place }: Pick<Server, 'place'>): Task {
  const { url: _, ...shown } = task;
  return { ...shown, source: remoteSource, place };
}

/** What tasks of servers elsewhere have as their source. */
export const remoteSource = 'remote';
