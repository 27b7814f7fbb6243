import { setTimeout as delay } from 'node:timers/promises';
import { signalTree } from '@prefish/processes';

/** The variable by which everything that an agent started is known, wherever it went. */
export const markVariable = 'PREFISH_AGENT_PROCESS';

/** An agent and all that it started. */
export interface AgentTree {
  /** The agent's own process: it leads a group of its own. */
  readonly pid: number;
  /** The value of {@link markVariable} in the environment of all of them. */
  readonly id: string;
}

const pollMs = 20;
const termPatienceMs = 1000;
const killPatienceMs = 1000;

/** A value for {@link markVariable} that no other process of this machine has. */
export function mark(): string {
  return `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}

/**
 * Ends a tree: waits `patienceMs` for its first process to go by itself, then SIGTERM, then SIGKILL
 * to whatever is left. Resolves when nothing runs any more, at the latest 2 s after the patience.
 */
export async function endTree(
  { pid, id }: AgentTree,
  exited: Promise<unknown>,
  patienceMs: number,
): Promise<void> {
  if (patienceMs > 0) {
    const giveUp = new AbortController();
    await Promise.race([exited, delay(patienceMs, undefined, { signal: giveUp.signal }).catch(() => {})]);
    giveUp.abort();
  }
  const tree = { pid, mark: `${markVariable}=${id}` };
  for (const [signal, patience] of [
    ['SIGTERM', termPatienceMs],
    ['SIGKILL', killPatienceMs],
  ] as const) {
    if (!(await signalTree(tree, signal))) return;
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      await delay(pollMs);
      if (!(await signalTree(tree, 0))) return;
    }
  }
}
