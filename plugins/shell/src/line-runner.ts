import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import {
  PrefishError,
  errorMessage,
  exitCodeOf,
  isPrefishError,
  type Exit,
  type Outcome,
  type PluginShell,
  type RunContext,
  type Task,
} from '@prefish/core';
import { backgroundCommand } from './background/background-operator.ts';
import type { BackgroundShells } from './background/background-shells.ts';
import { findShell, type FoundShell } from './find-shell.ts';
import { OutputExcerpt } from './output-excerpt.ts';
import { runOnPipes } from './processes/run-on-pipes.ts';
import { loadPty, runOnPty, type LeftTerminal, type ToBackground } from './processes/run-on-pty.ts';
import { lineVariable, type ShellProcess } from './processes/shell-process.ts';
import { sessionVariables } from './state/session-variables.ts';
import { StateFolder } from './state/state-folder.ts';
import type { RcReading } from './rc/rc-reading.ts';

/** Runs lines one after another, each in a shell of its own that begins as the one before it ended. */
export class LineRunner {
  readonly #state = new StateFolder();
  readonly #shells: BackgroundShells | undefined;
  readonly #key: number | undefined;
  #rc: Promise<RcReading> | undefined;
  #toldAboutPty = false;
  #status = 0;

  /**
   * @param shells where lines go that run in the background; without it, `&` is the shell's own
   * @param key the control character of the key that sends a running program there
   */
  constructor(shells?: BackgroundShells, key?: number) {
    this.#shells = shells;
    this.#key = key;
  }

  /** Has the user's rc file read, once: in idle time, or before the first line. */
  readRc(shell: Pick<PluginShell, 'session' | 'warn'>): void {
    this.#rc = import('./rc/rc-reading.ts').then(({ RcReading }) => new RcReading(this.#state, shell));
  }

  /**
   * @param isPrivate whether the outcome says nothing of what the line prints
   * @throws PREFISH_SHELL_MISSING, PREFISH_NOT_A_FOLDER, PREFISH_SHELL_HELD
   */
  async run(line: string, given: RunContext, isPrivate = false): Promise<Outcome> {
    const context = this.#rc === undefined ? given : await this.#afterRc(await this.#rc, given);
    const shell = findShell(context.env);
    const command = this.#shells && backgroundCommand(line);
    if (command !== undefined && !((await loadPty()) instanceof Error)) {
      return this.#inBackground(command, shell, context);
    }
    const id = lineId();
    // On a terminal, it may yet go to the background and be followed there.
    const isLast = context.last === true && context.terminal === undefined;
    const prepared = isLast
      ? this.#state.prepareLast(shell.dialect, line, id, this.#status)
      : this.#state.prepare(shell.dialect, line, id, this.#status);
    const cwd = startFolder(line, context);
    const started = processFor(shell, prepared.args, id, cwd, context);
    const startedAt = new Date().toISOString();
    const excerpt = isPrivate ? undefined : new OutputExcerpt();
    const left = await this.#start(started, context, excerpt?.take, {
      take: (program) =>
        this.#shells!.adopt({ line, mark: id, dump: prepared.dump, startedAt }, program, context),
      failed: (error) => context.out.warn('PREFISH_SHELL_HELD', errorMessage(error)),
    });
    if ('task' in left) return wentToBackground(left.task, context);
    const { exit } = left;
    this.#status = exitCodeOf(exit);
    const state = prepared.collect();
    if (state !== undefined) {
      keepFolder(state.cwd, context);
      const env = sessionVariables(context.env, state);
      if (env !== context.env) context.session.setEnv(env);
    }
    if (excerpt === undefined) return { type: 'ok', exit };
    return {
      type: 'ok',
      exit,
      // Most lines are followed by no message, so nothing is made of it before somebody asks.
      get context() {
        return [`$ ${line}`, excerpt.text(), `[${describeExit(exit)}]`]
          .filter((part) => part !== '')
          .join('\n');
      },
    };
  }

  async #inBackground(line: string, shell: FoundShell, context: RunContext): Promise<Outcome> {
    const cwd = startFolder(line, context);
    const id = lineId();
    const task = await this.#shells!.start(line, context, (folder) => {
      const { args, dump } = this.#state.prepareApart(shell.dialect, line, folder);
      return { shell: processFor(shell, args, id, cwd, context), dump };
    });
    this.#status = 0;
    return wentToBackground(task, context);
  }

  /** The names of the variables that lines have left and not exported. */
  get variables(): readonly string[] {
    return this.#state.variables;
  }

  /** Leaves what is kept between lines to programs that go on. */
  leave(): void {
    this.#state.leave();
  }

  /** Removes what was kept between lines. */
  async close(): Promise<void> {
    await (await this.#rc)?.stop();
    this.#state.remove();
  }

  async #afterRc(rc: RcReading, context: RunContext): Promise<RunContext> {
    await rc.ready(context.signal);
    return { ...context, env: context.session.env };
  }

  async #start(
    shell: ShellProcess,
    context: RunContext,
    heard: ((chunk: Uint8Array) => void) | undefined,
    background: Omit<ToBackground, 'key'>,
  ): Promise<LeftTerminal> {
    if (context.terminal === undefined) return { exit: await runOnPipes(shell, context, heard) };
    const pty = await loadPty();
    const key = this.#shells === undefined ? undefined : this.#key;
    const leaving = key === undefined ? undefined : { ...background, key };
    if (!(pty instanceof Error)) return runOnPty(pty, shell, context, heard, leaving);
    if (!this.#toldAboutPty) {
      this.#toldAboutPty = true;
      context.out.warn(
        'PREFISH_NO_TTY',
        `Programs that need a terminal will not work: ${errorMessage(pty)}`,
        'npm install @lydell/node-pty brings terminals to this platform, where it has a build for it.',
      );
    }
    return { exit: await runOnPipes(shell, context, heard) };
  }
}

function processFor(
  shell: FoundShell,
  args: readonly string[],
  id: string,
  cwd: string,
  { env }: RunContext,
): ShellProcess {
  return { file: shell.path, args, cwd, env: { ...env, PWD: cwd, PREFISH: '1', [lineVariable]: id }, id };
}

function wentToBackground(task: Task, { out }: RunContext): Outcome {
  out.event({ type: 'state', state: 'working', task: task.id });
  return { type: 'task', task, message: `${task.id} runs in the background · /tasks` };
}

function describeExit(exit: Exit): string {
  return 'signal' in exit ? `ended by ${exit.signal}` : `exit code ${exit.code}`;
}

/** A word that no other line of this machine has. Not from node:crypto, which would cost `!true` a tenth of its time. */
function lineId(): string {
  return [process.pid, Date.now(), Math.floor(Math.random() * 2 ** 52)]
    .map((part) => part.toString(36))
    .join('-');
}

/** A `cd` that does not depend on where it starts. */
const absoluteCd = /^\s*cd(\s+[/~]\S*)?\s*$/;

/** The folder to start in: that of the session; where it has vanished, only a `cd` to elsewhere runs. */
function startFolder(line: string, { cwd }: RunContext): string {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return cwd;
  if (absoluteCd.test(line)) return '/';
  throw new PrefishError('PREFISH_NOT_A_FOLDER', `The folder ${cwd} is no longer there.`, {
    hint: `!cd ${homedir()} goes on from elsewhere`,
  });
}

function keepFolder(cwd: string, context: RunContext): void {
  if (cwd === context.cwd) return;
  try {
    context.session.changeFolder(cwd);
  } catch (error) {
    if (!isPrefishError(error)) throw error;
    context.out.warn(error.code, `Staying in ${context.cwd}: ${error.message}`);
  }
}
