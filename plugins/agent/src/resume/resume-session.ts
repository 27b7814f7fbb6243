import { isPrefishError, PrefishError } from '@prefish/core';
import type { AgentConnection, ConnectOptions } from '../connection/agent-connection.ts';

/**
 * Has an agent go on with a conversation that an earlier process of it had.
 *
 * @returns why it cannot, PREFISH_AGENT_SESSION; `undefined` when it does
 * @throws what leaves the agent of no use: PREFISH_AGENT_ENDED, PREFISH_AGENT_PROTOCOL, PREFISH_AGENT_LOGIN, PREFISH_INTERRUPTED
 */
export async function resumeSession(
  connection: AgentConnection,
  { id, cwd }: { readonly id: string; readonly cwd: string },
  options: ConnectOptions,
): Promise<PrefishError | undefined> {
  const cannot = (why: string, cause?: unknown): PrefishError =>
    new PrefishError('PREFISH_AGENT_SESSION', `${connection.name} cannot continue ${id}: ${why}`, {
      cause,
      hint: 'Without --continue or --resume, a new conversation begins.',
    });
  if (!connection.canResume) return cannot('it keeps no conversations');
  try {
    await connection.resumeSession(id, cwd, options);
    return undefined;
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_AGENT_FAILED') throw error;
    return cannot(error.message, error);
  }
}
