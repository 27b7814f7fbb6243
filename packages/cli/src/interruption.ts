import { PrefishError } from '@prefish/protocol';
import { ownStreams } from './containment/own-streams.ts';

/** prefish's exit code after a signal: 128 + its number, as a shell reports it. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGPIPE: 141 } as const;

/** Tells everything that runs when prefish itself is to end. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code that it calls for, once it has happened. */
  readonly code: number | undefined;
  /** Ends everything as the signal of that name would. */
  interrupt(name: keyof typeof codes): void;
}

/**
 * Listens to the signals that end a program, and to a reader of standard output that goes away.
 * `ignore`: signals that end nothing, because a line editor takes Ctrl+C as a key.
 */
export function listenForInterruption(
  options: { readonly ignore?: readonly (keyof typeof codes)[] } = {},
): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  const interrupt = (name: keyof typeof codes): void => {
    code ??= codes[name];
    controller.abort(new PrefishError('PREFISH_INTERRUPTED', `Interrupted by ${name}`));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!options.ignore?.includes(name)) interrupt(name);
    });
  }
  ownStreams.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A terminal that is gone: its SIGHUP may come later, or never.
    if (error.code === 'EIO') interrupt('SIGHUP');
    else if (error.code === 'EPIPE') interrupt('SIGPIPE');
    else throw error;
  });
  ownStreams.stderr.on('error', () => {});
  return {
    signal: controller.signal,
    get code() {
      return code;
    },
    interrupt,
  };
}
