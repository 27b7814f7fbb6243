import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { PluginShell } from '@prefish/core';
import { signalTree } from '@prefish/processes';
import { findShell, type FoundShell } from '../find-shell.ts';
import { lineVariable, type ShellProcess } from '../processes/shell-process.ts';
import { sessionVariables } from '../state/session-variables.ts';
import type { StateDump } from '../state/state-dump.ts';
import type { StateFolder } from '../state/state-folder.ts';

/** When the shell counts as idle: what a prompt needs has been loaded. */
const idleAfterMs = 100;
/** How long it may take where no line waits for it. */
const patienceMs = 10_000;
/** How long a line waits for it. */
const lineWaitsMs = 3000;
const pollMs = 20;

/**
 * Reads the user's rc file in a shell of its own, without a terminal, and keeps what it defines for the lines:
 * aliases, functions, options, exported variables. What it prints goes nowhere; what it starts goes on.
 */
export class RcReading {
  readonly #state: StateFolder;
  readonly #shell: Pick<PluginShell, 'session' | 'warn'>;
  readonly #idle: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(state: StateFolder, shell: Pick<PluginShell, 'session' | 'warn'>) {
    this.#state = state;
    this.#shell = shell;
    this.#idle = setTimeout(() => void this.#begun(), idleAfterMs).unref();
  }

  /**
   * Resolves when lines know what the file defines, or when that has taken too long.
   *
   * @throws AbortError when the line is interrupted
   */
  async ready(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const waiting = delay(lineWaitsMs, 'too long', { signal: AbortSignal.any([over.signal, signal]) });
    const waited = await Promise.race([this.#begun(), waiting]).finally(() => over.abort());
    if (waited === 'too long') await this.stop(`is not done after ${lineWaitsMs / 1000} s`);
  }

  /** Ends the reading, and what it has started, where it has not ended yet. `why` is said to the user. */
  async stop(why?: string): Promise<void> {
    clearTimeout(this.#idle);
    this.#stopped.abort(why);
    await this.#reading;
  }

  #begun(): Promise<void> {
    clearTimeout(this.#idle);
    return (this.#reading ??= this.#read());
  }

  async #read(): Promise<void> {
    const { session } = this.#shell;
    const { cwd } = session;
    const shell = shellOf(session.env);
    const id = `rc-${process.pid}-${Date.now().toString(36)}`;
    const prepared = shell && this.#state.prepareRc(shell.dialect, id);
    if (shell === undefined || prepared === undefined || this.#stopped.signal.aborted) return;
    const tooLong = setTimeout(() => void this.stop(`is not done after ${patienceMs / 1000} s`), patienceMs);
    const env = { ...session.env, PWD: cwd, PREFISH: '1', [lineVariable]: id };
    await run({ file: shell.path, args: prepared.args, cwd, env, id }, this.#stopped.signal);
    clearTimeout(tooLong);
    const left = prepared.collect();
    const why = this.#stopped.signal.aborted ? this.#stopped.signal.reason : 'ended the shell that read it';
    if (left !== undefined) session.setEnv(variablesAfter(session.env, left, cwd));
    else if (typeof why === 'string') this.#complain(shell.dialect.rc!.name, why);
  }

  #complain(file: string, why: string): void {
    this.#shell.warn(
      'PREFISH_SHELL_RC',
      `${file} ${why}: its aliases and functions are not there`,
      'It can leave early where $PREFISH is 1; `rc: false` in the options of @prefish/plugin-shell leaves it alone.',
    );
  }
}

/** Where there is none, the line says so. */
function shellOf(env: Readonly<Record<string, string>>): FoundShell | undefined {
  try {
    return findShell(env);
  } catch {
    return undefined;
  }
}

/** Resolves when the shell has ended, whatever of it goes on. Aborting ends it and all that it started. */
async function run({ file, args, cwd, env, id }: ShellProcess, signal: AbortSignal): Promise<void> {
  const child = spawn(file, args, { cwd, env, stdio: 'ignore', detached: true });
  const kill = async (): Promise<void> => {
    const tree = { pid: child.pid!, mark: `${lineVariable}=${id}` };
    while (await signalTree(tree, 'SIGKILL')) await delay(pollMs);
  };
  let killed: Promise<void> | undefined;
  const onAbort = (): void => void (killed = kill());
  if (child.pid !== undefined) signal.addEventListener('abort', onAbort, { once: true });
  await new Promise<unknown>((resolve) => child.once('exit', resolve).once('error', resolve));
  signal.removeEventListener('abort', onAbort);
  await killed;
}

/** What it says of the terminal that it has not got, and where `cd -` leads, is true of no line. */
function variablesAfter(
  before: Readonly<Record<string, string>>,
  { variables }: StateDump,
  cwd: string,
): Readonly<Record<string, string>> {
  const kept = new Map<string, string>();
  for (const [name, value] of variables) {
    const taken = name === 'OLDPWD' || value === 'not a tty' ? before[name] : value;
    if (taken !== undefined) kept.set(name, taken);
  }
  return sessionVariables(before, { cwd, variables: kept });
}
