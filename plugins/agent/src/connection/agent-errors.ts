import { RequestError, type AuthMethod } from '@agentclientprotocol/sdk';
import { errorMessage, isPrefishError, PrefishError, type Exit } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import type { AcpAgentSpec } from '../agent-spec.ts';
import type { AgentProcess } from '../process/agent-process.ts';
import { NoProtocolError } from './message-stream.ts';

/** JSON-RPC codes of the protocol that mean something of their own. */
const authenticationRequired = -32_000;

/** What is told about an agent that failed. */
export interface Failing {
  readonly spec: AcpAgentSpec;
  readonly name: string;
  readonly process: AgentProcess;
  readonly authMethods: readonly AuthMethod[];
  /** What was asked of it, for messages: `the message`. */
  readonly during: string;
  /** Whether it has answered anything yet. */
  readonly hasAnswered: boolean;
}

/**
 * Names why a request to an agent failed: PREFISH_AGENT_LOGIN, PREFISH_AGENT_FAILED for what it
 * answered itself; PREFISH_AGENT_PROTOCOL, PREFISH_AGENT_ENDED when it can answer nothing any more.
 */
export async function agentError(cause: unknown, failing: Failing): Promise<PrefishError> {
  if (isPrefishError(cause)) return cause;
  if (cause instanceof RequestError) {
    return cause.code === authenticationRequired ? loginError(cause, failing) : answeredError(cause, failing);
  }
  if (cause instanceof NoProtocolError) return protocolError(`It printed: ${cause.message}`, failing, cause);
  const exit = await endOf(failing.process);
  return exit === undefined
    ? protocolError(errorMessage(cause), failing, cause)
    : endedError(exit, failing, cause);
}

/** `PREFISH_AGENT_PROTOCOL`: what the agent says is not the Agent Client Protocol. */
export function protocolError(
  what: string,
  { spec, name, process, during }: Failing,
  cause?: unknown,
): PrefishError {
  return new PrefishError(
    'PREFISH_AGENT_PROTOCOL',
    `${name} does not speak the Agent Client Protocol as it should (${during}). ${sanitizeLabel(what)}${saidBy(process)}`,
    { cause, hint: `It runs as: ${[spec.file, ...spec.args].join(' ')}` },
  );
}

function loginError(cause: RequestError, { spec, name, authMethods, process }: Failing): PrefishError {
  if (process.task !== undefined) {
    return new PrefishError(
      'PREFISH_AGENT_LOGIN',
      `${name} wants a login, and yours stays outside of tasks.`,
      {
        cause,
        hint: 'A key does in its place: prefish keys says which there are, and which it counts.',
      },
    );
  }
  const ways = authMethods.map(({ name: way, description }) =>
    sanitizeLabel(description ? `${way} (${description})` : way),
  );
  const offered = ways.length === 0 ? '' : `It offers: ${ways.join('; ')}`;
  return new PrefishError('PREFISH_AGENT_LOGIN', `${name} wants you to log in first.`, {
    cause,
    hint: spec.login === undefined ? offered || undefined : `Log in with: ${spec.login}`,
  });
}

function answeredError(cause: RequestError, { name, process, during }: Failing): PrefishError {
  const details = detailsOf(cause.data);
  const message = `${name} failed (${during}): ${sanitizeLabel(cause.message)}`;
  return new PrefishError('PREFISH_AGENT_FAILED', `${message}${details}${saidBy(process)}`, { cause });
}

function endedError(exit: Exit, failing: Failing, cause: unknown): PrefishError {
  const { name, process, during } = failing;
  const how = 'signal' in exit ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
  return new PrefishError('PREFISH_AGENT_ENDED', `${name} ${how} (${during}).${saidBy(process)}`, {
    cause,
    hint:
      process.task === undefined
        ? 'The next message starts it again. This one was not sent twice.'
        : hintInTask(failing, process.task),
  });
}

/** An agent that ends before it says a word lacks something there, and will again. */
function hintInTask({ spec, hasAnswered }: Failing, task: string): string {
  return hasAnswered
    ? `prefish tasks retry ${task} runs the message again, in a new task.`
    : `It runs as “${[spec.file, ...spec.args].join(' ')}”, which has to be there where the task runs.`;
}

/** How the process ended, when it did: its pipes may close a moment before it is known. */
async function endOf(process: AgentProcess): Promise<Exit | undefined> {
  const late = AbortSignal.timeout(1000);
  const expired = new Promise<undefined>((resolve) =>
    late.addEventListener('abort', () => resolve(undefined)),
  );
  return await Promise.race([process.exited, expired]);
}

function detailsOf(data: unknown): string {
  const details = typeof data === 'string' ? data : (data as { details?: unknown } | undefined)?.details;
  return typeof details === 'string' ? ` (${sanitizeLabel(details)})` : '';
}

/** The last lines of what the agent said on standard error. Where in its code that was tells nobody but its author. */
function saidBy(process: AgentProcess): string {
  const lines = process.errorText().split('\n');
  const telling = lines.filter((line) => line.trim() !== '' && !/^\s+at\s/.test(line));
  const last = telling.slice(-6).map(sanitizeLabel);
  return last.join('') === '' ? '' : `\nIt said:\n${last.join('\n')}`;
}
