import { spawn } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { delimiter, isAbsolute } from 'node:path';
import { PrefishError } from '@prefish/protocol';

/** Where and how one git command runs. */
export interface GitOptions {
  /** The git directory; it always lies outside of what a task can write. */
  readonly gitDir?: string;
  readonly workTree?: string;
  /** What git is started with, where its work tree is only to be seen from within: see `TaskTree`. */
  readonly enter?: readonly string[];
  /** Further `GIT_*` variables (`GIT_INDEX_FILE` …). */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  /** Exit codes besides 0 that are an answer and no failure. */
  readonly answers?: readonly number[];
  /** More output than this many bytes is refused. */
  readonly maxBytes?: number;
  /** Takes what git prints as it comes, of any length; the answer then holds none of it. What it throws ends git. */
  readonly take?: (chunk: Buffer) => void;
}

/** What a git command said. */
export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Nothing that a repository brings along may choose a program to run: no hooks, no fsmonitor, no
 * transports, no attributes or excludes of the server's user. Filters need a configuration, and the
 * only one read is the mirror's.
 */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.safecrlf=false',
  'core.fileMode=true',
  'protocol.allow=never',
  'advice.addEmbeddedRepo=false',
  'gc.auto=0',
].flatMap((setting) => ['-c', setting]);

const defaultMaxBytes = 64 * 1024 * 1024;

/** The words and the environment that git is started with. */
export function gitCommand(args: readonly string[]): {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  return { args: [...settings, ...args], env: gitEnvironment() };
}

/**
 * Runs git and takes what it prints, the server's usual way to do so.
 *
 * @throws PREFISH_GIT_MISSING, PREFISH_GIT_FAILED, PREFISH_NO_SPACE, PREFISH_LIMIT (too much output); the
 * signal's reason when it was aborted.
 */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
  const { gitDir, workTree, signal, take, maxBytes = defaultMaxBytes } = options;
  signal?.throwIfAborted();
  const place = [
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
  ];
  const command = gitCommand([...place, ...args]);
  const [program, ...before] = [...(options.enter ?? []), 'git'];
  const child = spawn(program, [...before, ...command.args], {
    cwd: '/',
    env: { ...command.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // What is typed at the terminal of a server is for the server, which lets its tasks end.
    detached: true,
  });
  const stop = (): boolean => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  child.stdin.on('error', () => {}).end(options.input);

  const stdout: Buffer[] = [];
  let size = 0;
  let refused: { readonly error: unknown } | undefined;
  const collect = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes)
      throw new PrefishError('PREFISH_LIMIT', `git ${args[0]} wrote more than ${maxBytes} bytes`);
    stdout.push(chunk);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    if (refused !== undefined) return;
    try {
      (take ?? collect)(chunk);
    } catch (error) {
      refused = { error };
      stop();
    }
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-64 * 1024);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal?.throwIfAborted();
    if (refused !== undefined) throw refused.error;
    if (code !== 0 && !(code !== null && options.answers?.includes(code)))
      throw await gitFailure(args, code, stderr, [gitDir, workTree]);
    return { code, stdout: Buffer.concat(stdout), stderr };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PrefishError('PREFISH_GIT_MISSING', 'git was not found', {
      hint: 'install git 2.38 or newer',
      cause: error,
    });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The first line of what {@link git} printed, for commands that answer with an object id. */
export async function gitLine(args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { stdout } = await git(args, options);
  return stdout.toString('utf8').split('\n', 1)[0]!;
}

/** Thrown by {@link GitOptions.take}: what git has said so far will do. */
export const enough: Error = new Error('enough is known');

/** Waits for a command that is ended as soon as {@link enough} is known. Returns whether it was. */
export async function untilEnough(ended: Promise<GitOutput>): Promise<boolean> {
  return ended.then(
    () => false,
    (error: unknown) => {
      if (error !== enough) throw error;
      return true;
    },
  );
}

/** What a program printed when a disk or a quota is full. */
export const diskFull: RegExp = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/;

function gitEnvironment(): Record<string, string> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => isAbsolute(entry));
  return {
    PATH: path.join(delimiter),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}

async function gitFailure(
  args: readonly string[],
  code: number | null,
  stderr: string,
  folders: readonly (string | undefined)[],
): Promise<PrefishError> {
  if (diskFull.test(stderr) || (await Promise.all(folders.map(isFull))).includes(true)) {
    return new PrefishError('PREFISH_NO_SPACE', 'the disk of the server is full', { hint: 'prefish clean' });
  }
  const said = stderr.trim().split('\n').slice(-3).join('; ');
  return new PrefishError('PREFISH_GIT_FAILED', `git ${args[0]} failed (${code ?? 'killed'}): ${said}`);
}

/** Whether a folder's disk has no room left. git does not always say why it could not write. */
async function isFull(folder: string | undefined): Promise<boolean> {
  const disk = folder === undefined ? undefined : await statfs(folder).catch(() => undefined);
  if (disk === undefined) return false;
  return disk.bavail * disk.bsize < 1024 * 1024 || (disk.files > 0 && disk.ffree === 0);
}
