import { createShell, exitCodeOf, type Event, type Host, type Outcome, type Shell } from '@prefish/core';
import { tasks } from '../../src/index.ts';
import type { MemorySource } from './memory-source.ts';

/** What a command did. */
export interface Ran {
  readonly code: number;
  /** The data that `--json` prints. */
  readonly data: unknown;
  readonly message: string | undefined;
  readonly error: Error | undefined;
  readonly events: readonly Event[];
}

/** A shell with the plugin and sources, its events collected. The plugin comes first: sources may be registered later. */
export async function open(
  sources: readonly MemorySource[],
  host: Host = {},
): Promise<{ shell: Shell; events: Event[]; run(words: string, signal?: AbortSignal): Promise<Ran> }> {
  const events: Event[] = [];
  const shell = await createShell({
    plugins: [tasks(), ...sources.map((source) => source.plugin())],
    host: {
      ...host,
      event: (event) => {
        events.push(event);
        host.event?.(event);
      },
    },
    sourceDeadlineMs: 500,
  });
  const run = async (words: string, signal?: AbortSignal): Promise<Ran> => {
    const start = events.length;
    const { result, exit } = await shell.runCommand(
      'tasks',
      words.split(' ').filter((word) => word !== ''),
      signal === undefined ? {} : { signal },
    );
    const outcome: Outcome | undefined = result instanceof Error ? undefined : result;
    return {
      code: exitCodeOf(exit),
      data: outcome?.type === 'ok' ? outcome.data : undefined,
      message: outcome?.type === 'ok' ? outcome.message : undefined,
      error: result instanceof Error ? result : undefined,
      events: events.slice(start),
    };
  };
  return { shell, events, run };
}
