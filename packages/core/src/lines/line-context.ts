import { PrefishError } from '@prefish/protocol';
import type { Ask, Out, RunContext, Session, ShellView } from '../context.ts';
import type { Host } from '../host.ts';
import type { Origin } from '../input.ts';
import type { EventLog } from './event-log.ts';

const nobody: Ask = {
  confirm: (message) => Promise.reject(nobodyToAsk(message)),
  select: (message) => Promise.reject(nobodyToAsk(message)),
};

async function* nothing(): RunContext['incoming'] {}

/** The context of one line of `plugin`. After `detach`, whatever is still said is dropped. */
export function createLineContext(options: {
  readonly plugin: string;
  readonly signal: AbortSignal;
  readonly origin: Origin;
  readonly session: Session;
  readonly host: Host;
  readonly log: EventLog;
  readonly view: ShellView;
}): { readonly context: RunContext; detach(): void } {
  const { host, log, session, plugin } = options;
  let attached = true;
  const out: Out = {
    write: (text, stream = 'stdout') => attached && log.write({ type: 'output', stream, text }),
    line: (text) => attached && log.write({ type: 'output', stream: 'stdout', text: `${text}\n` }),
    event: (event) => attached && log.write(event),
    record: (event) => attached && log.record(event),
    warn: (code, message, hint) => attached && log.warn(plugin, code, message, hint),
    drain: () => log.drain(),
    ...(host.bytes === undefined
      ? {}
      : { bytes: (chunk, stream = 'stdout') => attached && host.bytes?.(chunk, stream) }),
  };
  const terminal = host.terminal;
  const color = host.color ?? terminal?.color;
  const context: RunContext = {
    signal: options.signal,
    origin: options.origin,
    cwd: session.cwd,
    env: session.env,
    session,
    out,
    ask: host.ask ?? nobody,
    shell: options.view,
    stdin: host.stdin ?? 'ignore',
    incoming: host.incoming ?? nothing(),
    lendTerminal: (use) =>
      host.lendTerminal?.(use) ??
      Promise.reject(
        new PrefishError('PREFISH_NO_TTY', `${plugin} needs a terminal and there is none`, { plugin }),
      ),
    ...(terminal === undefined ? {} : { terminal }),
    ...(color === undefined ? {} : { color }),
  };
  return {
    context,
    detach: () => {
      attached = false;
    },
  };
}

function nobodyToAsk(message: string): PrefishError {
  return new PrefishError('PREFISH_NO_TTY', `There is nobody to ask: ${message}`, {
    hint: '--yes answers every question with its default.',
  });
}
