import { PrefishError, type Outcome } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';

/** The stop reasons of the protocol that leave a message unfinished. */
const unfinished: Readonly<Record<string, string>> = {
  max_tokens: 'reached its limit of tokens and stopped; “go on” lets it continue',
  max_turn_requests: 'reached its limit of steps and stopped; “go on” lets it continue',
  refusal: 'refused to go on',
};

/**
 * What became of a message, by the reason for which the agent stopped.
 *
 * @throws PREFISH_INTERRUPTED, PREFISH_AGENT_STOPPED
 */
export function outcomeOf(stopReason: string, agent: string): Outcome {
  if (stopReason === 'end_turn') return { type: 'ok' };
  if (stopReason === 'cancelled') throw new PrefishError('PREFISH_INTERRUPTED', 'Interrupted');
  const reason = unfinished[stopReason] ?? `stopped: ${sanitizeLabel(stopReason)}`;
  throw new PrefishError('PREFISH_AGENT_STOPPED', `${agent} ${reason}`);
}
