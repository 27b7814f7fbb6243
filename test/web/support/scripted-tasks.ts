import type { EventBody, Exit, SandboxKind } from '@prefish/protocol';
import type { ServerOptions } from '../../../packages/server/src/index.ts';

type RunAttempt = NonNullable<ServerOptions['run']>;
type Input = Parameters<RunAttempt>[2] extends AsyncIterable<infer T> ? T : never;

/** What a scripted task may do. */
export interface Performer {
  /** Writes events; resolves when they are durable. */
  say(...events: readonly EventBody[]): Promise<void>;
  /** Writes text as a program would. */
  print(text: string): Promise<void>;
  /** The next message or answer that somebody sends. */
  hear(): Promise<Input>;
  readonly signal: AbortSignal;
}

/** What tasks do, by the line that is submitted. */
export type Scripts = Readonly<Record<string, (task: Performer) => Promise<Exit | void>>>;

/**
 * Runs lines as scripts of a test, in place of programs in a sandbox: the server and all behind it are real.
 * `sandbox` is what they say contains them.
 */
export function scriptedTasks(scripts: Scripts, sandbox: SandboxKind = 'bwrap'): RunAttempt {
  return async ({ request }, log, input, signal) => {
    await log.started(sandbox);
    const inputs = input[Symbol.asyncIterator]();
    const script = scripts[request.line];
    if (script === undefined) throw new Error(`there is no script for ${request.line}`);
    const aborted = new Promise<Exit>((resolve) =>
      signal.addEventListener('abort', () => resolve({ signal: 'SIGKILL' }), { once: true }),
    );
    const played = script({
      say: (...events) => log.append(events),
      print: (text) => log.append([{ type: 'output', stream: 'stdout', text }]),
      hear: async () => (await inputs.next()).value as Input,
      signal,
    });
    const exit = await Promise.race([played, aborted]);
    return { exit: exit ?? { code: 0 } };
  };
}
