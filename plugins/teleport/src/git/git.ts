import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { programFolders, signalProcess } from '@prefish/processes';
import { PrefishError } from '@prefish/protocol';
import { checkGitVersion, findGit } from './find-git.ts';

/** What a git command is run with. */
export interface GitRun {
  readonly cwd?: string;
  /** Variables on top of the user's: `GIT_DIR`, `GIT_INDEX_FILE` … */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Exit codes that are an answer, not a failure. Default: 0 alone. */
  readonly codes?: readonly number[];
  /** Told each line of progress (`Writing objects:  40% (2/5), 1.20 MiB`), which is then no part of what git said. */
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * The signal ends what git has started too, which otherwise goes on with what is on its way. It has no terminal then,
   * to ask for a password.
   */
  readonly endsAll?: boolean;
}

/** How a git command ended. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git. @throws PREFISH_GIT_FAILED with git's own message; the signal's reason */
export interface Git {
  (args: readonly string[], run?: GitRun): Promise<GitResult>;
  /** What it is run with. */
  readonly env: Readonly<Record<string, string>>;
}

/** Git's own variables that say where configuration is; every other `GIT_*` of the user would point git elsewhere. */
const kept: ReadonlySet<string> = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
]);

/** Nothing that a repository configures runs because prefish looks at it. */
const always = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

/** What keeps git from fetching what a partial clone lacks: nothing that only looks waits for a network. */
export const offline: Readonly<Record<string, string>> = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
};

/**
 * Git as prefish runs it: found on the PATH of `env`, without a prompt, in English, deaf to hooks and
 * file-system monitors.
 *
 * @throws PREFISH_GIT_MISSING
 */
export async function openGit(env: Readonly<Record<string, string>>): Promise<Git> {
  const file = findGit(env['PATH']);
  const base = cleanEnvironment(env);
  const version = checkGitVersion(file);
  version.catch(() => {});
  const git = async (args: readonly string[], run: GitRun = {}): Promise<GitResult> => {
    const [result] = await Promise.all([runGit(file, [...always, ...args], base, run), version]);
    if ((run.codes ?? [0]).includes(result.code)) return result;
    throw gitFailure(args, result);
  };
  return Object.assign(git, { env: base });
}

/** The names of a `-z` listing. Bytes are kept as they are: one character of the string is one byte. */
export function splitNul(output: Uint8Array): string[] {
  const text = Buffer.from(output.buffer, output.byteOffset, output.byteLength).toString('latin1');
  const parts = text.split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The error for a git command that failed, with what git said. */
export function gitFailure(
  args: readonly string[],
  result: Pick<GitResult, 'code' | 'stderr'>,
): PrefishError {
  const said = result.stderr.trim();
  const full = /No space left on device|Disk quota exceeded/i.test(said);
  const dubious = /dubious ownership/.test(said);
  return new PrefishError(
    full ? 'PREFISH_NO_SPACE' : 'PREFISH_GIT_FAILED',
    `git ${args.find((arg) => !arg.startsWith('-'))} failed: ${said === '' ? `exit code ${result.code}` : said}`,
    dubious ? { hint: 'The folder belongs to another user; git says above how to allow it.' } : {},
  );
}

function cleanEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || kept.has(name));
  return {
    ...Object.fromEntries(entries),
    PATH: programFolders(env['PATH']).join(delimiter),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

function runGit(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  run: GitRun,
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    run.signal?.throwIfAborted();
    const child = spawn(file, args, {
      cwd: run.cwd ?? '/',
      env: { ...env, ...run.env },
      stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(run.signal ? { signal: run.signal } : {}),
      detached: run.endsAll === true,
    });
    const endAll = (): void => void (child.pid !== undefined && signalProcess(-child.pid, 'SIGTERM'));
    if (run.endsAll === true) run.signal?.addEventListener('abort', endAll, { once: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    if (run.onProgress !== undefined) child.stderr?.on('data', progressOf(run.onProgress));
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.on('error', () => {});
    child.stdin?.end(run.input);
    let failure: unknown;
    child.once('error', (error) => {
      failure = run.signal?.aborted ? run.signal.reason : error;
      if (child.pid === undefined) reject(failure);
    });
    child.once('close', (code, signal) => {
      run.signal?.removeEventListener('abort', endAll);
      if (failure !== undefined) return reject(failure);
      const all = Buffer.concat(stderr).toString('utf8');
      const said = run.onProgress === undefined ? all : withoutProgress(all);
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout),
        stderr: signal === null ? said : `${said}ended by ${signal}`,
      });
    });
  });
}

/** `Writing objects:  40% (2/5)`, `remote: Resolving deltas: 100% (1/1), done.`, `Enumerating objects: 5, done.` */
const progress =
  /^(?:remote: )?[A-Z][a-z]+(?: [a-z]+)*: +\d+(?:%|,|$)|^(?:remote: )?(?:Delta compression using|Total \d)/;

/** Reads progress from what git says: it writes over the line until it is done. */
function progressOf(tell: (line: string) => void): (chunk: Buffer) => void {
  let open = '';
  return (chunk) => {
    const lines = (open + chunk.toString('latin1')).split(/[\r\n]+/);
    open = lines.pop() ?? '';
    for (const line of lines) if (progress.test(line)) tell(line);
  };
}

function withoutProgress(said: string): string {
  const lines = said.split(/[\r\n]+/);
  return lines.filter((line) => !progress.test(line)).join('\n');
}
