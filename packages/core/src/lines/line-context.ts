import { errorMessage, PrefishError } from '@prefish/protocol';
import type { Ask, Out, RunContext, Session, ShellView } from '../context.ts';
import type { Host } from '../host.ts';
import type { Provenance } from '../input.ts';
import { readEvent, readRecord } from './check-event.ts';
import type { EventLog } from './event-log.ts';

const nobody: Ask = {
  confirm: (message) => Promise.reject(nobodyToAsk(message)),
  select: (message) => Promise.reject(nobodyToAsk(message)),
  text: (message) => Promise.reject(nobodyToAsk(message)),
  secret: (message) => Promise.reject(nobodyToAsk(message)),
};

async function* nothing(): RunContext['incoming'] {}

/** The context of one line of `plugin`. After `detach`, whatever is still said is dropped. */
export function createLineContext(options: {
  readonly plugin: string;
  readonly signal: AbortSignal;
  readonly from: Provenance;
  readonly session: Session;
  readonly host: Host;
  readonly log: EventLog;
  readonly view: ShellView;
}): { readonly context: RunContext; detach(): void } {
  const { host, log, session, plugin } = options;
  let attached = true;
  /** Says something, unless it cannot be said: then, whose mistake that is. */
  const say = (speak: () => void): void => {
    if (!attached) return;
    try {
      speak();
    } catch (cause) {
      log.report('warning', unfit(plugin, cause));
    }
  };
  const write = (text: string, stream: unknown): void =>
    log.write({ type: 'output', stream: stream === 'stderr' ? 'stderr' : 'stdout', text });
  const out: Out = {
    write: (text, stream) => say(() => write(String(text), stream)),
    line: (text) => say(() => write(`${String(text)}\n`, 'stdout')),
    event: (event) => say(() => log.write(readEvent(event))),
    record: (event) => say(() => log.record(readRecord(event))),
    warn: (code, message, hint) =>
      say(() => log.warn(plugin, String(code), String(message), hint == null ? undefined : String(hint))),
    drain: () => log.drain(),
    ...(host.bytes === undefined
      ? {}
      : { bytes: (chunk, stream = 'stdout') => attached && host.bytes?.(chunk, stream) }),
  };
  const terminal = host.terminal;
  const color = host.color ?? terminal?.color;
  const context: RunContext = {
    signal: options.signal,
    origin: options.from.origin,
    ...(options.from.paste === undefined ? {} : { paste: options.from.paste }),
    ...(options.from.last === undefined ? {} : { last: options.from.last }),
    cwd: session.cwd,
    env: session.env,
    session,
    out,
    ask: host.ask ?? nobody,
    shell: options.view,
    stdin: host.stdin ?? 'ignore',
    incoming: host.incoming ?? nothing(),
    ...(host.enclosed === undefined ? {} : { enclosed: host.enclosed }),
    ...(host.render === undefined ? {} : { render: (columns) => host.render!(columns) }),
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

function unfit(plugin: string, cause: unknown): PrefishError {
  const message = `${plugin} says what is no event: ${errorMessage(cause)}`;
  return new PrefishError('PREFISH_PLUGIN_FAILED', message, {
    plugin,
    cause,
    hint: `It was left out. That is a mistake in ${plugin}: its author will want to know.`,
  });
}
