import { isatty } from 'node:tty';
import type { Host, Settled } from '@prefish/core';
import { PrefishError, type Event, type EventBody } from '@prefish/protocol';
import { createJsonHost, createTerminalHost, type TerminalHost } from '@prefish/terminal';
import type { Flags } from './arguments.ts';
import { wantsColor } from './color.ts';
import { ownStreams } from './containment/own-streams.ts';

/** What surrounds the lines of one call of prefish. */
export interface CommandHost extends Host {
  /** Shows how a line ended, where its events have not. */
  settled(settled: Settled): void;
  /** Says something that did not come out of a line. */
  add(event: EventBody): void;
  /** What happens from now on is the command's: a plugin that could not be loaded is not its failure. */
  begin?(): void;
}

/** For lines: text for people, or with `--json` one event a line. `stdin` is what programs of a line read. */
export function createHost(flags: Flags, options: { readonly stdin: 'inherit' | 'ignore' }): CommandHost {
  const host = flags.json ? createEventHost() : createTextHost(flags);
  host.stdin = options.stdin;
  return host;
}

/** For a command: its messages, or with `--json` its data alone. */
export function createCommandHost(flags: Flags): CommandHost {
  return flags.json ? createDataHost(flags) : createTextHost(flags, { pipedSecrets: true });
}

/** The terminal that prefish was started in. With `pipedSecrets`, a secret may come in through a pipe in its place. */
export function createOwnTerminal(
  flags: Pick<Flags, 'color' | 'yes'>,
  { pipedSecrets = false }: { readonly pipedSecrets?: boolean } = {},
): TerminalHost {
  const { stdout, stderr } = ownStreams;
  // Opening a standard input that nobody will read costs a tenth of the start.
  const stdin = isatty(0) ? process.stdin : ({ isTTY: false } as unknown as typeof process.stdin);
  return createTerminalHost({
    stdin,
    stdout,
    stderr,
    color: wantsColor(flags.color, stdout),
    yes: flags.yes,
    ...(pipedSecrets && !isatty(0) ? { piped: readPipedSecret } : {}),
  });
}

/** For `prefish keys set NAME < FILE`. */
async function readPipedSecret(): Promise<string> {
  const { readFirstLine } = await import('./modes/first-line.ts');
  const line = await readFirstLine(process.stdin);
  if (line !== undefined) return line;
  throw new PrefishError('PREFISH_NO_TTY', 'There is nobody to ask, and standard input holds nothing', {
    hint: 'Pipe it in: prefish … < FILE',
  });
}

function createTextHost(flags: Flags, options?: Parameters<typeof createOwnTerminal>[1]): CommandHost {
  const host = createOwnTerminal(flags, options);
  return Object.assign(host, {
    settled: (settled: Settled) => host.present(settled),
    add: (event: EventBody) => host.event?.(ownEvent(event)),
  });
}

/** Numbers events anew where it adds some, and keeps `exit` back until the line's message has gone out before it. */
function createEventHost(): CommandHost {
  const host = createJsonHost(ownStreams.stdout);
  let added = 0;
  let last = 0;
  let exit: Event | undefined;
  const write = (event: Event): void => {
    last = event.seq + added;
    host.event?.(added === 0 ? event : { ...event, seq: last });
  };
  const add = (body: EventBody): void => {
    added++;
    host.event?.(ownEvent(body, ++last));
  };
  return {
    event(event) {
      if (event.type === 'exit' && event.task === undefined) exit = event;
      else write(event);
    },
    record: (event) => host.event?.(event),
    drain: () => host.drain?.() ?? Promise.resolve(),
    settled(settled) {
      const message = messageOf(settled);
      if (message !== undefined) add({ type: 'output', stream: 'stdout', text: `${message}\n` });
      if (exit !== undefined) write(exit);
      exit = undefined;
    },
    add,
  };
}

/** Standard output holds the data, or the error that there is in its place, and nothing else; for `tasks logs` the data are events of tasks, as they come. */
function createDataHost(flags: Flags): CommandHost {
  const events = createJsonHost(ownStreams.stdout);
  const text = createTextHost(flags, { pipedSecrets: true });
  let begun = false;
  return {
    begin() {
      begun = true;
    },
    event(event) {
      if (event.task !== undefined || (event.type === 'error' && begun)) events.event?.(event);
      else if (event.type === 'warning' || event.type === 'error') text.event?.(event);
    },
    notice: (message) => text.notice?.(message),
    async drain() {
      await Promise.all([events.drain?.(), text.drain?.()]);
    },
    settled({ result }) {
      if (result instanceof Error) return;
      const data = result.type === 'ok' ? result.data : result.type === 'task' ? result.task : undefined;
      if (data !== undefined) events.print(data);
    },
    add: (event) => text.add(event.type === 'output' ? { ...event, stream: 'stderr' } : event),
    // Nobody is asked where data is read, but --yes has answered, and a secret may be piped in.
    ...(text.ask && (flags.yes || !isatty(0)) ? { ask: text.ask } : {}),
  };
}

function messageOf({ result }: Settled): string | undefined {
  return !(result instanceof Error) && (result.type === 'ok' || result.type === 'task')
    ? result.message
    : undefined;
}

/** An event that no shell has numbered. */
export function ownEvent(body: EventBody, seq = 0): Event {
  return { seq, at: new Date().toISOString(), ...body };
}
