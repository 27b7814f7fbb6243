import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import {
  PrefishError,
  errorMessage,
  exitCodeOf,
  isPrefishError,
  type Exit,
  type Outcome,
  type RunContext,
} from '@prefish/core';
import { findShell } from './find-shell.ts';
import { OutputExcerpt } from './output-excerpt.ts';
import { runOnPipes } from './processes/run-on-pipes.ts';
import { loadPty, runOnPty } from './processes/run-on-pty.ts';
import { lineVariable, type ShellProcess } from './processes/shell-process.ts';
import { sessionVariables } from './state/session-variables.ts';
import { StateFolder } from './state/state-folder.ts';

/** Runs lines one after another, each in a shell of its own that begins as the one before it ended. */
export class LineRunner {
  readonly #state = new StateFolder();
  #toldAboutPty = false;
  #status = 0;

  /**
   * @param isPrivate whether the outcome says nothing of what the line prints
   * @throws PREFISH_SHELL_MISSING, PREFISH_NOT_A_FOLDER
   */
  async run(line: string, context: RunContext, isPrivate = false): Promise<Outcome> {
    const shell = findShell(context.env);
    const id = lineId();
    const prepared = this.#state.prepare(shell.dialect, line, id, this.#status);
    const cwd = startFolder(line, context);
    const started: ShellProcess = {
      file: shell.path,
      args: prepared.args,
      cwd,
      env: { ...context.env, PWD: cwd, PREFISH: '1', [lineVariable]: id },
      id,
    };
    const excerpt = isPrivate ? undefined : new OutputExcerpt();
    const exit = await this.#start(started, context, excerpt?.take);
    this.#status = exitCodeOf(exit);
    const left = prepared.collect();
    if (left !== undefined) {
      keepFolder(left.cwd, context);
      const env = sessionVariables(context.env, left);
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

  /** Removes what was kept between lines. */
  close(): void {
    this.#state.remove();
  }

  async #start(
    shell: ShellProcess,
    context: RunContext,
    heard: ((chunk: Uint8Array) => void) | undefined,
  ): ReturnType<typeof runOnPipes> {
    if (context.terminal === undefined) return runOnPipes(shell, context, heard);
    const pty = await loadPty();
    if (!(pty instanceof Error)) return runOnPty(pty, shell, context, heard);
    if (!this.#toldAboutPty) {
      this.#toldAboutPty = true;
      context.out.warn(
        'PREFISH_NO_TTY',
        `Programs that need a terminal will not work: ${errorMessage(pty)}`,
        'npm install @lydell/node-pty brings terminals to this platform, where it has a build for it.',
      );
    }
    return runOnPipes(shell, context, heard);
  }
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
