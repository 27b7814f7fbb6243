import {
  createShell,
  PrefishError,
  type Completion,
  type CreateShellOptions,
  type Event,
  type Explanation,
  type Origin,
  type Settled,
  type Shell,
} from '@prefish/core';
import { lineResult, type LineResult } from './line-result.ts';
import type { Answers, Question } from './questions.ts';
import { installClock, type InstalledClock, type TestClock } from './test-clock.ts';
import { createTestFolder, type TestFolder } from './test-folder.ts';
import { createTestHost, type HostExtras, type TestSurroundings } from './test-host.ts';
import { EmulatedTerminal, type TestTerminal } from './test-terminal.ts';

/** What {@link testShell} takes. */
export interface TestShellOptions extends Pick<
  CreateShellOptions,
  'prefixes' | 'expected' | 'graceMs' | 'sourceDeadlineMs'
> {
  /** The plugins; a function of the test's folders where their options name files. */
  readonly plugins:
    | CreateShellOptions['plugins']
    | ((folders: { readonly cwd: string; readonly home: string }) => CreateShellOptions['plugins']);
  /**
   * Where lines run: a folder below the throw-away one, which is made, or the absolute path of one that is there.
   * Default: an empty folder.
   */
  readonly cwd?: string;
  /** Added to the variables, which are `PATH`, `LANG` and a `HOME` of its own; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Who answers questions. Default: nobody was told to, so that a question is a mistake. */
  readonly answers?: Answers;
  /** A person watches: lines have a terminal, of 80 × 24 unless it says otherwise. Default: as in a script. */
  readonly terminal?: boolean | { readonly columns?: number; readonly rows?: number };
  /** Whether colours are wanted. They are taken out of `text` all the same. Default false. */
  readonly color?: boolean;
  /** Time stands still, from now or from a date, until {@link TestClock.tick}. For the whole process: one at a time. */
  readonly clock?: boolean | Date;
  /** What the host does besides: what `--input-json` would send, what programs read, where raw bytes go. */
  readonly host?: HostExtras;
  /** Go on when a plugin fails to load, or to clean up, as a shell does, instead of throwing the first error. */
  readonly allowBroken?: boolean;
}

/** A shell in a test, with everything that surrounds it. */
export interface TestShell extends AsyncDisposable {
  /** The shell itself: `prefixes`, `plugins`, `tasks`, `session` … */
  readonly shell: Shell;
  /** The folder that lines began in, by its real path. */
  readonly cwd: string;
  /** The `HOME` of lines. */
  readonly home: string;
  /** Everything that happened, of all lines. */
  readonly events: readonly Event[];
  /** What plugins said outside of any line. */
  readonly notices: readonly string[];
  /** Everything that was asked. */
  readonly questions: readonly Question[];
  /** Everything that was printed, as a person reads it, without colours. */
  readonly text: string;
  /** @throws without the option `terminal` */
  readonly terminal: TestTerminal;
  /** @throws without the option `clock` */
  readonly clock: TestClock;
  /**
   * Runs a line to its end. What its handler throws is the `error` of the result; it rejects when the
   * test has left a question without an answer.
   */
  submit(
    line: string,
    options?: { readonly origin?: Origin; readonly signal?: AbortSignal },
  ): Promise<LineResult>;
  /** Runs a command, as `prefish NAME WORDS…` does. */
  command(
    name: string,
    words?: readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<LineResult>;
  explain(line: string): Explanation;
  /** What Tab would offer at the end of the line, or at a position in it. */
  complete(line: string, cursor?: number): Promise<readonly Completion[]>;
  /** The text of a file; a relative path begins at {@link cwd}. */
  read(path: string): Promise<string>;
  /** Writes a file, with the folders above it. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /**
   * Closes the shell, takes the clock away, removes the folder.
   *
   * @throws when all that is done: what a cleanup failed with, unless `allowBroken`; a question that a plugin asked
   * in vain while no line ran
   */
  close(): Promise<void>;
}

/**
 * Starts a shell for a test, away from the process's own folder, variables and streams. What people
 * would see is printed by prefish's own presenters.
 *
 * @throws what a plugin failed to load with, unless `allowBroken`
 * @example
 * await using t = await testShell({ plugins: [notes()], answers: { 'Delete?': true } });
 * const { text, code } = await t.submit('> remember the milk');
 */
export async function testShell(options: TestShellOptions): Promise<TestShell> {
  const folder = await createTestFolder(options.cwd ?? '');
  const terminal = openTerminal(options.terminal ?? false);
  let clock: InstalledClock | undefined;
  let shell: Shell | undefined;
  let surroundings: TestSurroundings | undefined;
  const close = async (): Promise<void> => {
    // First, so that what closes under a deadline has real time.
    clock?.uninstall();
    await shell?.close();
    terminal?.dispose();
    await folder.remove();
    const failed =
      options.allowBroken === true ? undefined : failedCleanup(surroundings?.recorder.events ?? []);
    const error = failed ?? surroundings?.respondent.mistakes[0];
    if (error !== undefined) throw error;
  };
  try {
    if (options.clock) clock = await installClock(options.clock === true ? undefined : options.clock);
    surroundings = createTestHost(options, terminal);
    shell = await createShell({
      ...options,
      plugins: typeof options.plugins === 'function' ? options.plugins(folder) : options.plugins,
      host: surroundings.host,
      cwd: folder.cwd,
      env: environment(folder.home, options.env ?? {}),
    });
    const broken = shell.plugins.find(({ error }) => error !== undefined)?.error;
    if (broken !== undefined && options.allowBroken !== true) throw broken;
    return shellWith({ folder, terminal, clock, shell, close: once(close), ...surroundings });
  } catch (error) {
    // What came first is what the test has to hear of.
    await close().catch(() => {});
    throw error;
  }
}

/** The error of the first cleanup that failed, as its event tells of it. */
function failedCleanup(events: readonly Event[]): PrefishError | undefined {
  const event = events.find((one) => one.type === 'error' && one.code === 'PREFISH_CLEANUP_FAILED');
  if (event?.type !== 'error') return undefined;
  const { message, hint, plugin } = event;
  return new PrefishError('PREFISH_CLEANUP_FAILED', message, { hint, plugin });
}

/** The shell in what surrounds it. */
function shellWith({
  folder,
  terminal,
  clock,
  shell,
  close,
  recorder,
  respondent,
  present,
}: TestSurroundings & {
  readonly folder: TestFolder;
  readonly terminal: TestTerminal | undefined;
  readonly clock: TestClock | undefined;
  readonly shell: Shell;
  readonly close: () => Promise<void>;
}): TestShell {
  const settle = async (run: () => Promise<Settled>): Promise<LineResult> => {
    const end = recorder.start();
    const { value: settled, mistakes } = await respondent.during(run);
    present(settled);
    if (mistakes[0] !== undefined) throw mistakes[0];
    return lineResult(settled, end());
  };
  return {
    shell,
    cwd: folder.cwd,
    home: folder.home,
    events: recorder.events,
    notices: recorder.notices,
    questions: respondent.questions,
    get text() {
      return recorder.text;
    },
    get terminal() {
      return given(terminal, 'terminal');
    },
    get clock() {
      return given(clock, 'clock');
    },
    submit: (line, how = {}) => settle(() => shell.submit(line, { origin: 'typed', ...how })),
    command: (name, words = [], how = {}) => settle(() => shell.runCommand(name, words, how)),
    explain: (line) => shell.explain(line),
    complete: (line, cursor = line.length) => shell.complete(line, cursor),
    read: folder.read,
    write: folder.write,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openTerminal(option: NonNullable<TestShellOptions['terminal']>): EmulatedTerminal | undefined {
  if (option === false) return undefined;
  const { columns = 80, rows = 24 } = option === true ? {} : option;
  return new EmulatedTerminal(columns, rows);
}

function environment(
  home: string,
  added: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const all = { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: home, ...added };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function given<T>(part: T | undefined, option: string): T {
  if (part === undefined) throw new Error(`This shell has none: testShell({ ${option}: true })`);
  return part;
}

/** `run`, which does its work only the first time. */
function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= run());
}
