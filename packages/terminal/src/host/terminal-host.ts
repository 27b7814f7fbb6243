import type { ReadStream, WriteStream } from 'node:tty';
import type { Event, Host, LentTerminal, RunContext, Settled } from '@prefish/core';
import { createStyle, sanitize } from '@prefish/screen';
import { FrameEditor } from '../editor/frame-editor.ts';
import type { EditorListener, LineEditor } from '../editor/line-editor.ts';
import { PlainEditor } from '../editor/plain-editor.ts';
import { asTyped } from '../present/as-typed.ts';
import { formatExit, formatOutcome } from '../present/outcome.ts';
import { EventPresenter, type Presented } from '../present/event.ts';
import { createEventRenderer } from '../present/event-renderer.ts';
import { abilitiesOf } from './abilities.ts';
import { asciiStream } from './ascii-stream.ts';
import { Attention } from './attention.ts';
import { createAsk } from './ask.ts';
import { Lender } from './lend.ts';
import { Output } from './output.ts';
import { TerminalMode } from './terminal-mode.ts';

/** What {@link createTerminalHost} takes. */
export interface TerminalHostOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  /** Whether prefish's own words are coloured. Programs decide for themselves. */
  readonly color: boolean;
  /** Answer every question with its default. */
  readonly yes: boolean;
  /** What programs without a terminal of their own read: see {@link Host}. Default `ignore`. */
  readonly childStdin?: RunContext['stdin'];
  readonly incoming?: RunContext['incoming'];
  /** Reads a secret that was piped in. */
  readonly piped?: () => Promise<string>;
  /** The variables that say what the terminal can do: `TERM`, the locale, `PREFISH_SCREEN_READER`. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The {@link Host} for a person. */
export interface TerminalHost extends Host {
  /** Says how a line ended, where its events have not. */
  present(settled: Settled): void;
  /** Ends a line that a program left unfinished. */
  freshLine(): void;
  /** Gives the terminal back as it was, whatever runs: for an error that ends prefish. */
  release(): void;
  /** Opens the line editor; until it is closed, all printing goes around its line. */
  openEditor(listener: EditorListener): LineEditor;
}

/** Presents what happens on the terminal that the streams are; without one, as plain text. */
export function createTerminalHost(options: TerminalHostOptions): TerminalHost {
  const { stdin, color } = options;
  const style = createStyle(color);
  const isTerminal = stdin.isTTY === true && options.stdout.isTTY === true;
  const env = options.env ?? process.env;
  const { redraws, utf8, wrapsCursorRow } = abilitiesOf(env);
  const shown = (stream: WriteStream): WriteStream => (isTerminal && !utf8 ? asciiStream(stream) : stream);
  const [stdout, stderr] = [shown(options.stdout), shown(options.stderr)];
  let editor: LineEditor | undefined;
  /** Words as whoever reads them types them: at the prompt, a command has a slash. */
  let spoken = (text: string): string => text;
  const mode = new TerminalMode(stdin, () => {
    if (held !== undefined) return;
    editor?.pause();
    editor?.resume();
  });
  const output = new Output({ stdout, stderr }, () => mode.printsRaw);
  const columns = (): number => stdout.columns || 80;
  // The editor's frame says what runs.
  const drawsCalls = (): boolean => editor?.observe !== undefined;
  const presenter = new EventPresenter(style, isTerminal ? columns : undefined, drawsCalls);
  const attention = new Attention((data) => void stdout.write(data), env['PREFISH_NOTIFY']);
  const lender = new Lender({
    stdin,
    stdout,
    mode,
    output,
    wrapsCursorRow,
    unread: (data) => void unread.push(data),
  });
  /** What is to be printed once the terminal is back from whoever draws on it. */
  let held: (() => void)[] | undefined;

  /** What was typed for who had the terminal, and did not read it. */
  const unread: Buffer[] = [];

  const print = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): void => {
    if (text === '') return;
    if (editor === undefined) output.write(text, stream);
    else editor.write(text, stream);
  };
  const freshLine = (): void => {
    if (editor === undefined) output.freshLine();
    else editor.freshLine();
  };
  const printLine = (text: string, stream?: 'stdout' | 'stderr'): void => {
    if (held !== undefined) return void held.push(() => printLine(text, stream));
    if (text !== '' && isTerminal) freshLine();
    print(text, stream);
  };
  const show = (presented: readonly Presented[], type?: Event['type']): void => {
    if (held !== undefined) return void held.push(() => show(presented, type));
    for (const { text, stream, continues } of presented) {
      if (continues === true || type === 'output') print(text, stream);
      else printLine(text, stream);
    }
  };
  const lendTerminal = async <T>(use: (terminal: LentTerminal) => Promise<T>): Promise<T> => {
    if (held !== undefined) return lender.lend(use);
    show(presenter.close());
    editor?.pause();
    held = [];
    try {
      return await lender.lend(use);
    } finally {
      const news = held;
      held = undefined;
      editor?.resume();
      for (const data of unread.splice(0)) {
        if (editor?.unread === undefined) stdin.unshift(data);
        else editor.unread(data);
      }
      for (const say of news ?? []) say();
    }
  };
  const openEditor = (listener: EditorListener): LineEditor => {
    const opened = !redraws
      ? new PlainEditor({ stdin, stdout, output, prompt: '> ', listener })
      : new FrameEditor({
          stdin,
          stdout,
          mode,
          output,
          style,
          listener,
          focus: (is) => attention.focus(is),
          lend: lendTerminal,
          wrapsCursorRow,
        });
    editor = opened;
    spoken = (text) => asTyped(text, listener.commands?.() ?? []);
    attention.attach();
    return watched(opened, attention);
  };

  const host: TerminalHost = {
    event(event) {
      editor?.observe?.(event);
      show(presenter.present(spokenEvent(event, spoken)), event.type);
    },
    notice(message) {
      attention.news(message);
      printLine(presenter.folded(`${spoken(sanitize(message))}\n`));
    },
    status: (key, text) => editor?.status?.(key, text),
    drain: () => output.drain(),
    ask: createAsk({
      yes: options.yes,
      style,
      redraws,
      above: (width) => editor?.queued?.(width) ?? [],
      untilFree: (question) => editor?.untilFree?.(question) ?? Promise.resolve(false),
      ...(isTerminal ? { lend: lendTerminal } : {}),
      ...(options.piped === undefined ? {} : { piped: options.piped }),
    }),
    color,
    stdin: options.childStdin ?? 'ignore',
    ...(options.incoming === undefined ? {} : { incoming: options.incoming }),
    present({ result }) {
      printLine(presenter.folded(spoken(formatOutcome(result))));
      const code = editor === undefined ? undefined : formatExit(result);
      if (code !== undefined) printLine(`${style.dim(code)}\n`);
    },
    freshLine,
    release() {
      lender.putBack();
      editor?.close();
      held = undefined;
    },
    openEditor,
  };
  if (!isTerminal) host.bytes = (chunk, stream) => output.writeBytes(chunk, stream);
  if (!isTerminal) return host;
  Object.defineProperty(host, 'terminal', {
    enumerable: true,
    get: () => ({ columns: columns(), rows: stdout.rows || 24, color, redraws }),
  });
  host.lendTerminal = lendTerminal;
  if (redraws) host.render = (width) => createEventRenderer(style, width);
  return host;
}

function spokenEvent(event: Event, spoken: (text: string) => string): Event {
  if (event.type !== 'warning' && event.type !== 'error') return event;
  const { message, hint } = event;
  return { ...event, message: spoken(message), ...(hint === undefined ? {} : { hint: spoken(hint) }) };
}

/** Tells how long lines take: from one that is read to when the next one is wanted. */
function watched(editor: LineEditor, attention: Attention): LineEditor {
  const { readLine, pause, resume } = editor;
  return Object.assign(editor, {
    async readLine() {
      attention.ended();
      const line = await readLine.call(editor);
      if (line !== 'eof') attention.began(line.text);
      return line;
    },
    pause() {
      attention.detach();
      pause.call(editor);
    },
    resume() {
      resume.call(editor);
      attention.attach();
    },
  });
}
