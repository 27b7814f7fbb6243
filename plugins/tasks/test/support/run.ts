import type { Event, Shell } from '@prefish/core';
import { testShell, type HostExtras, type LineResult } from '@prefish/testing';
import { onTestFinished } from 'vitest';
import { tasks } from '../../src/index.ts';
import type { MemorySource } from './memory-source.ts';

/** A shell with the plugin and sources, closed when the test ends. The plugin comes first: sources may be registered later. */
export async function open(
  sources: readonly MemorySource[],
  host: HostExtras = {},
  answers: Readonly<Record<string, boolean>> = {},
): Promise<{
  readonly shell: Shell;
  readonly events: readonly Event[];
  run(words: string, signal?: AbortSignal): Promise<LineResult>;
}> {
  const t = await testShell({
    plugins: [tasks(), ...sources.map((source) => source.plugin())],
    host,
    answers,
    color: host.terminal?.color ?? false,
    terminal: host.terminal !== undefined,
    sourceDeadlineMs: 500,
  });
  onTestFinished(() => t.close());
  return {
    shell: t.shell,
    events: t.events,
    run: (words, signal) =>
      t.command(
        'tasks',
        words.split(' ').filter((word) => word !== ''),
        signal === undefined ? {} : { signal },
      ),
  };
}
