import { join } from 'node:path';
import { exitCodeOf, PrefishError, type Exit, type RunContext, type Task } from '@prefish/core';
import { isFinal } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import type { ShellProcess } from '../processes/shell-process.ts';
import type { HoldRequest } from './holder.ts';
import { HolderClient } from './holder-client.ts';
import { ShellRecords } from './shell-records.ts';

/** What {@link BackgroundShells} needs of whoever composes the shell. */
export interface BackgroundShellsOptions {
  /** Where records are kept. */
  readonly folder: string;
  /** The words that run `holdShell` of this plugin in a process of its own. */
  readonly holder: readonly string[];
  /** What becomes of them when the terminal goes and nobody can be asked. */
  readonly hangup: 'end' | 'keep';
  /** Says that one has ended. */
  ended(task: Task): void | Promise<void>;
}

/** A program that runs on a terminal of this process and is to go on elsewhere. */
export interface RunningProgram {
  readonly pid: number;
  /** The file descriptor of its terminal, and the path of the program's side. */
  readonly fd: number;
  readonly path: string;
  /** What switches its terminal as it has switched it. */
  readonly modes: string;
  /** What it printed last. */
  readonly printed: Buffer;
  /** How it ends: only its parent, this process, is told. */
  readonly ended: Promise<Exit>;
}

/** A line that goes to the background. */
export interface BackgroundLine {
  /** As the user wrote it, without its `&`. */
  readonly line: string;
  readonly mark: string;
  readonly dump: string;
  /** When it was started: ISO 8601 UTC. */
  readonly startedAt: string;
}

/** The background shells of this terminal. Each is held by a process of its own, which ends with it. */
export class BackgroundShells {
  readonly records: ShellRecords;
  readonly #options: BackgroundShellsOptions;
  readonly #owned = new Map<string, { readonly task: Task; readonly client: HolderClient }>();

  constructor(options: BackgroundShellsOptions) {
    this.#options = options;
    this.records = new ShellRecords(options.folder);
  }

  /** Those that were started here, run, and end with this terminal. */
  get running(): readonly Task[] {
    return Array.from(this.#owned.values(), ({ task }) => task);
  }

  /**
   * Starts a line in the background. Where no person watches it is nobody's: it goes on when this process ends.
   *
   * @param prepare makes the process of the line, with the folder that is its own
   * @throws PREFISH_SHELL_HELD
   */
  async start(
    line: string,
    context: RunContext,
    prepare: (folder: string) => { readonly shell: ShellProcess; readonly dump: string },
  ): Promise<Task> {
    const id = this.records.create();
    const { shell, dump } = prepare(this.records.pathOf(id));
    const startedAt = new Date().toISOString();
    const background: BackgroundLine = { line, mark: shell.id, dump, startedAt };
    const task = await this.#hold(id, background, context, { start: shell });
    if (context.terminal !== undefined) await this.#own(task);
    return task;
  }

  /**
   * Hands a program that runs to a process that holds it. This one must not read from its terminal any more.
   *
   * @throws PREFISH_SHELL_HELD
   */
  async adopt(background: BackgroundLine, program: RunningProgram, context: RunContext): Promise<Task> {
    const { pid, path, fd, modes } = program;
    const printed = program.printed.toString('base64');
    const id = this.records.create();
    const task = await this.#hold(id, background, context, { adopt: { pid, path, modes, printed } }, fd);
    const client = await this.#own(task);
    void program.ended.then((exit) => client?.report(exit));
    return task;
  }

  /** Lets those of this terminal go on without it. */
  async release(): Promise<void> {
    const owned = [...this.#owned.values()];
    this.#owned.clear();
    await Promise.all(owned.map(({ client }) => client.release()));
  }

  /** Ends those of this terminal, and everything that they started. */
  async end(): Promise<void> {
    const owned = [...this.#owned.values()];
    this.#owned.clear();
    for (const { client } of owned) client.end();
    await Promise.all(owned.map(({ client }) => client.ended));
  }

  async #hold(
    id: string,
    { line, mark, dump, startedAt }: BackgroundLine,
    { cwd, env, terminal }: RunContext,
    program: Pick<HoldRequest, 'start' | 'adopt'>,
    fd?: number,
  ): Promise<Task> {
    const { socketFor, startHolder } = await import('./start-holder.ts');
    const folder = this.records.pathOf(id);
    const request: HoldRequest = {
      folder: this.#options.folder,
      task: describe(id, line, cwd, startedAt),
      socket: socketFor(folder, env),
      mark,
      dump,
      hangup: this.#options.hangup,
      size: { columns: terminal?.columns ?? 80, rows: terminal?.rows ?? 24 },
      ...program,
    };
    try {
      return await startHolder(this.#options.holder, request, join(folder, 'holder.log'), fd);
    } catch (error) {
      if (error instanceof PrefishError && fd === undefined) throw error;
      this.records.remove(id);
      throw error;
    }
  }

  async #own(task: Task): Promise<HolderClient | undefined> {
    const record = this.records.read(task.id);
    const client = record && (await HolderClient.open(record.socket));
    if (client === undefined) {
      this.#tellEnd(task.id);
      return undefined;
    }
    client.own();
    this.#owned.set(task.id, { task, client });
    void client.ended.then((last) => {
      if (this.#owned.delete(task.id)) this.#tellEnd(task.id, last);
    });
    return client;
  }

  /** One that ended before it was asked has written it down. */
  #tellEnd(id: string, last: Task | undefined = this.records.read(id)?.task): void {
    if (last !== undefined && isFinal(last.state)) void this.#options.ended(last);
  }
}

function describe(id: string, line: string, cwd: string, startedAt: string): Task {
  return {
    id,
    // Its id is as short as a number, and no other source has one like it.
    number: 0,
    source: 'shells',
    place: 'this machine',
    title: sanitizeLabel(line),
    line: `!${line}`,
    state: 'working',
    attempt: 1,
    createdAt: startedAt,
    startedAt,
    sandbox: 'none',
    network: 'full',
    root: cwd,
  };
}

/** `s1 failed (exit 1) · npm run dev`: what a background shell came to, and below it `why`, where that is known. */
export function describeEnd({ id, title, exit, reason, state }: Task, why = ''): string {
  const how = reason ?? (exit && ('signal' in exit ? exit.signal : `exit ${exitCodeOf(exit)}`));
  const shown = how === undefined || how === state || state === 'completed' ? '' : ` (${how})`;
  return `${id} ${state}${shown} · ${title}${why === '' ? '' : `\n  ${why}`}`;
}
