import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@prefish/core';
import type { Event } from '@prefish/protocol';
import type { BundledAgent } from '../support/bundled-agent.ts';
import type { Repository } from '../support/repository.ts';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { transcript } from '../support/tasks.ts';

/** A home whose agent is the fake one, and a repository. */
export interface AgentHome extends AsyncDisposable {
  readonly home: SandboxHome;
  readonly repository: Repository;
  /** Runs prefish in the repository. */
  prefish(...args: string[]): Promise<Run>;
}

/**
 * Makes one, with `config` beside the agent.
 *
 * @param model The API that the agent uses in a task
 */
export async function agentHome(
  bundled: BundledAgent,
  model: 'none' | 'anthropic' = 'none',
  { tasks, ...config }: Config & { readonly tasks?: { readonly permissions: 'ask' } } = {},
): Promise<AgentHome> {
  const home = await sandboxHome();
  const sessions = join(home.root, 'sessions');
  const agent = {
    command: process.execPath,
    args: [bundled.file],
    env: { PREFISH_FAKE_AGENT: JSON.stringify({ sessions }) },
    model,
  };
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ ...config, agent, plugins: tasks ? [['@prefish/plugin-agent', { tasks }]] : [] }),
  );
  const repository = await home.repository({ 'a.txt': 'a\n' });
  return {
    home,
    repository,
    prefish: (...args) => home.prefish(args, { cwd: repository.path }),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

/** Whether an event is a question that a task asks. */
export function isQuestion(event: Event): event is Extract<Event, { type: 'question' }> {
  return event.type === 'question';
}

/** What the agent has said in a task. */
export async function said(home: SandboxHome, id: string): Promise<string> {
  const events = await transcript(home, id);
  return events
    .map((event) => (event.type === 'message' && event.role === 'agent' ? event.text : ''))
    .join('');
}
