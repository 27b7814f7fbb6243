import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Folders } from '../../../folders.ts';
import { newSocketPath } from '../../location.ts';
import type { ServerAddress } from '../server-url.ts';

/** A host that is reached by ssh. */
export type SshAddress = Extract<ServerAddress, { kind: 'ssh' }>;

/** How long the connection stays open when nothing uses it, in seconds. */
const idleSeconds = 60;
/** The same, where a person had to type a password for it: eight hours, a working day. */
const typedIdleSeconds = 8 * 3600;
/** How long to wait for a host, and how soon a dead connection is noticed: after three times as long. In seconds. */
const answerSeconds = 10;

/** Where the connection to a host is shared. */
export interface SshPaths {
  /** Only the user's. */
  readonly folder: string;
  /** Where ssh shares one connection among all who need it. */
  readonly control: string;
  /** What leads to the server's socket there. */
  readonly socket: string;
  /** Held while the connection is being made. */
  readonly lock: string;
}

/**
 * Short, for the reason that sockets of servers have short paths: ssh adds 17 characters while it makes one.
 */
export function sshPaths(folders: Folders, { url }: Pick<SshAddress, 'url'>): SshPaths {
  const folder = dirname(newSocketPath(folders));
  const name = createHash('sha256').update(`${folders.data}\0${url}`).digest('hex').slice(0, 16);
  return {
    folder,
    control: join(folder, `${name}.ssh`),
    socket: join(folder, `${name}.far`),
    lock: join(folder, `${name}.lock`),
  };
}

/**
 * The options of every ssh that prefish starts. What says who the user is and whom to trust (keys, host keys, jump
 * hosts) is left to the user's own configuration; what would get in the way is switched off.
 */
export function sshOptions({ control }: Pick<SshPaths, 'control'>): string[] {
  // ssh reads a percent sign in a path as the beginning of a token.
  return ['-T', ...asOptions({ ControlPath: control.replaceAll('%', '%%'), RemoteCommand: 'none' })];
}

/** On top of {@link sshOptions}, for the one that makes the connection. `typed`: a person types what ssh asks for. */
export function connectionOptions({ typed }: { readonly typed: boolean }): string[] {
  return asOptions({
    ControlMaster: 'auto',
    ControlPersist: String(typed ? typedIdleSeconds : idleSeconds),
    BatchMode: typed ? 'no' : 'yes',
    ConnectTimeout: String(answerSeconds),
    ServerAliveInterval: String(answerSeconds),
    ServerAliveCountMax: '3',
    StreamLocalBindUnlink: 'yes',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    PermitLocalCommand: 'no',
  });
}

/** The host, as the last of ssh's own arguments. */
export function destination({ user, host, port }: SshAddress): string[] {
  return [
    ...(port === undefined ? [] : ['-p', port]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    host,
  ];
}

/** What git is to start in place of ssh: it uses the connection that there is. */
export function gitSshCommand(paths: SshPaths): string {
  const options = asOptions({ BatchMode: 'yes', ConnectTimeout: String(answerSeconds), ForwardAgent: 'no' });
  return ['ssh', ...sshOptions(paths), ...options].map(quoted).join(' ');
}

function asOptions(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** A word of a POSIX shell. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./=:%-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
