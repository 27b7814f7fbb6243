import type { Host, Settled } from '@prefish/core';
import { createTerminalHost } from '@prefish/terminal';
import { Respondent, type Answers } from './questions.ts';
import { Recorder } from './recorder.ts';
import { screenStreams } from './screen-streams.ts';
import type { EmulatedTerminal } from './test-terminal.ts';

/** The parts of a host that a test may bring along in place of the kit's; its `event` hears each one too. */
export type HostExtras = Omit<Host, 'notice' | 'ask' | 'color'>;

/** A host for a shell, and what is kept of what it was told. */
export interface TestSurroundings {
  readonly host: Host;
  readonly recorder: Recorder;
  readonly respondent: Respondent;
  /** Says how a line ended, where its events have not. */
  present(settled: Settled): void;
}

/** prefish's own host for people, with a person who answers as agreed, on an emulated terminal or none. */
export function createTestHost(
  options: {
    readonly answers?: Answers;
    readonly color?: boolean;
    readonly host?: HostExtras;
  },
  terminal: EmulatedTerminal | undefined,
): TestSurroundings {
  const color = options.color ?? false;
  const print = (text: string, stream: 'stdout' | 'stderr'): void => {
    recorder.print(text, stream);
    terminal?.print(text);
  };
  const respondent = new Respondent(options.answers ?? [], (text) => print(text, 'stdout'));
  const recorder = new Recorder(respondent.questions);
  const presenter = createTerminalHost({
    ...screenStreams(terminal !== undefined, print),
    color,
    yes: false,
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  const { event: hear, ...replaced } = Object.getOwnPropertyDescriptors(options.host ?? {});
  const host: Host = {
    event: (event) => {
      recorder.events.push(event);
      presenter.event?.(event);
      hear?.value?.(event);
    },
    notice: (message) => {
      recorder.notices.push(message);
      presenter.notice?.(message);
    },
    color,
    stdin: 'ignore',
    ...(respondent.ask === undefined ? {} : { ask: respondent.ask }),
  };
  if (terminal !== undefined) {
    host.render = (columns) => presenter.render!(columns);
    host.lendTerminal = (use) => {
      presenter.freshLine();
      return terminal.lend(use);
    };
    Object.defineProperty(host, 'terminal', {
      configurable: true,
      get: () => ({ columns: terminal.columns, rows: terminal.rows, color }),
    });
  }
  // As they are: `terminal` may be a getter.
  Object.defineProperties(host, replaced);
  return { host, recorder, respondent, present: (settled) => presenter.present(settled) };
}
