import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event } from '@prefish/protocol';
import { endProcessesWithEnvironment } from './processes.ts';
import { createRepository, type Repository } from './repository.ts';

/** The entry of the built command. */
export const command: string = fileURLToPath(new URL('../../packages/cli/bin/prefish.js', import.meta.url));
/** Where the prefish of all tests keep what they have compiled: see `compile-once.ts`. */
const sharedCompiled = process.env['PREFISH_TEST_COMPILED'];
const bundle = fileURLToPath(new URL('../../packages/cli/dist/main.mjs', import.meta.url));

/** How a run of the command ended. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as one JSON document. */
  json<T = unknown>(): T;
  /** Standard output as one event a line. */
  events(): Event[];
}

/** How to run the command. */
export interface RunOptions {
  /** Default: the throw-away home. */
  readonly cwd?: string;
  /** All of standard input. Without it, standard input is empty. */
  readonly input?: string | Uint8Array;
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which the run is killed and fails. Default 90,000. */
  readonly timeout?: number;
  /** A program that starts the command, and its words: `nsenter` does, in a network of its own. */
  readonly under?: readonly string[];
}

/** A HOME and a PREFISH_HOME of their own for the built command; what was started in them ends with them. */
export interface SandboxHome extends AsyncDisposable {
  /** Holds everything below, and nothing else. */
  readonly root: string;
  readonly home: string;
  readonly prefishHome: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the built command to its end. */
  prefish(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Starts the built command with pipes; for tests that signal it or read while it runs. */
  spawn(args: readonly string[], options?: RunOptions): ChildProcessWithoutNullStreams;
  /** A new git repository with these files in its first commit. */
  repository(files?: Readonly<Record<string, string>>): Promise<Repository>;
}

/**
 * @example
 * await using t = await sandboxHome();
 * const run = await t.prefish(['-c', '!echo hi']);
 * expect(run.stdout).toBe('hi\n');
 */
export async function sandboxHome(
  options: {
    /** Without what other tests have compiled: as on a machine on which prefish has never run. */
    readonly compilesAnew?: boolean;
  } = {},
): Promise<SandboxHome> {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run "npm run build" before these tests`);
  const root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-test-')));
  const [home, prefishHome] = [join(root, 'home'), join(root, 'prefish')];
  await mkdir(home);
  if (sharedCompiled !== undefined && options.compilesAnew !== true) {
    await mkdir(join(prefishHome, 'cache'), { recursive: true, mode: 0o700 });
    await symlink(sharedCompiled, join(prefishHome, 'cache', 'compile'));
  }
  await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Test\n\temail = test@example.com\n');
  const env = environment(home, prefishHome);

  const start = (args: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams => {
    const [program, ...words] = [...(options.under ?? []), process.execPath, command, ...args];
    return spawn(program!, words, {
      cwd: options.cwd ?? home,
      env: withoutUndefined({ ...env, ...options.env }),
      stdio: 'pipe',
    });
  };
  let repositories = 0;
  return {
    root,
    home,
    prefishHome,
    env,
    spawn: start,
    prefish(args, options = {}) {
      const child = start(args, options);
      child.stdin.on('error', () => {});
      child.stdin.end(options.input ?? '');
      return ended(child, args, options.timeout ?? 90_000);
    },
    repository: (files = {}) => createRepository(join(root, `repository-${++repositories}`), files, env),
    async [Symbol.asyncDispose]() {
      await endProcessesWithEnvironment(`PREFISH_HOME=${prefishHome}`);
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Collects what a started command writes, until it has ended. */
export function ended(
  child: ChildProcessWithoutNullStreams,
  args: readonly string[] = [],
  timeout = 90_000,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`prefish ${args.join(' ')} did not end in ${timeout} ms\n${text(out)}\n${text(err)}`));
    }, timeout);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const stdout = text(out);
      resolve({
        code,
        signal,
        stdout,
        stderr: text(err),
        json: <T>() => JSON.parse(stdout) as T,
        events: () =>
          stdout
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Event),
      });
    });
  });
}

function environment(home: string, prefishHome: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|PREFISH|XDG_|GIT_|VITEST|NODE_|TEST$|INIT_CWD$)/.test(name),
  );
  return withoutUndefined({
    ...Object.fromEntries(inherited),
    HOME: home,
    PREFISH_HOME: prefishHome,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
  });
}

function withoutUndefined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
