import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateShellOptions } from '@prefish/core';
import { testShell, type TestShell, type TestShellOptions } from '@prefish/testing';
import { onTestFinished } from 'vitest';
import { agent, type AgentOptions } from '../src/index.ts';

/** How the agent's plugin is tested: with this agent, and what {@link testShell} takes besides. */
export interface AgentShellOptions extends Omit<TestShellOptions, 'plugins'> {
  readonly agent?: AgentOptions['agent'];
  readonly resume?: AgentOptions['resume'];
  readonly announce?: boolean;
  /** Where conversations are remembered. Default: below the throw-away HOME. */
  readonly state?: string;
  /** Where keys are kept. Default: below the throw-away HOME. */
  readonly data?: string;
  readonly tasks?: AgentOptions['tasks'];
  /** Other plugins of the shell. */
  readonly plugins?: CreateShellOptions['plugins'];
}

/** A shell whose plain text goes to `agent`. */
export function agentShell({
  agent: configured,
  resume,
  announce,
  state,
  data,
  tasks,
  plugins = [],
  ...options
}: AgentShellOptions): Promise<TestShell> {
  return testShell({
    ...options,
    plugins: ({ home }) => [
      ...plugins,
      agent({
        folders: { state: state ?? join(home, 'state'), data: data ?? join(home, 'data') },
        ...(configured === undefined ? {} : { agent: configured }),
        ...(resume === undefined ? {} : { resume }),
        ...(announce === undefined ? {} : { announce }),
        ...(tasks === undefined ? {} : { tasks }),
      }),
    ],
  });
}

/** An agent that does what no well-made one would: see the program. */
export function oddAgent(way: 'greet' | 'babble' | 'nag' | 'once' | 'echo' | 'mode'): {
  command: string;
  args: string[];
} {
  return { command: process.execPath, args: [join(import.meta.dirname, 'fixtures', 'odd-agent.ts'), way] };
}

/** What the agent said. */
export function answer({ events }: { readonly events: TestShell['events'] }): string {
  return events
    .map((event) => (event.type === 'message' && event.role === 'agent' ? event.text : ''))
    .join('');
}

/** An empty folder, removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'prefish-agent-')));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
