import { errorMessage, isPrefishError, type AnyErrorCode } from '@prefish/protocol';
import type { Ending } from '../store/store.ts';
import type { AttemptEnd } from '../worker/attempt.ts';

/** What came of running an attempt. */
export type AttemptOutcome =
  | { readonly type: 'ended'; readonly end: AttemptEnd }
  | { readonly type: 'broke'; readonly error: unknown };

/** Why an attempt was ended from outside, where the verdict depends on it. */
export type AttemptStop = 'cancel' | 'timeout';

/** Short words for errors that people may see as a task's reason; any other error is a failure of the server. */
const reasons: Partial<Record<AnyErrorCode, string>> = {
  PREFISH_CREDENTIAL_MISSING: 'credential-missing',
  PREFISH_LIMIT: 'limit',
  PREFISH_NETWORK_UNSUPPORTED: 'network-unsupported',
  PREFISH_NO_SPACE: 'no-space',
  PREFISH_SANDBOX_MISSING: 'sandbox-missing',
  PREFISH_SETUP_FAILED: 'setup-failed',
  PREFISH_SNAPSHOT_UNKNOWN: 'snapshot-missing',
  PREFISH_WORKSPACE_FAILED: 'workspace-failed',
  PREFISH_GIT_FAILED: 'workspace-failed',
};

/** What follows from what was submitted: nobody who looks after the server has anything to mend. */
const ofSubmitter: readonly AnyErrorCode[] = [
  'PREFISH_CREDENTIAL_MISSING',
  'PREFISH_LIMIT',
  'PREFISH_NETWORK_UNSUPPORTED',
  'PREFISH_SETUP_FAILED',
  'PREFISH_SNAPSHOT_UNKNOWN',
];

/** That an attempt broke, for the log. An error of its submitter goes without its words, which may be those of a line. */
export function breakEntry(
  error: unknown,
): readonly [level: 'info' | 'error', fields: { readonly error: string }] {
  if (isPrefishError(error) && ofSubmitter.includes(error.code)) return ['info', { error: error.code }];
  return ['error', { error: String(error) }];
}

/** How a task ends whose attempt came to this. */
export function verdict(outcome: AttemptOutcome, stop: AttemptStop | undefined): Ending {
  if (stop === 'cancel') return canceled(outcome);
  if (stop === 'timeout') return { state: 'failed', reason: 'timeout', ...whatRemains(outcome) };
  if (outcome.type === 'ended') {
    const { exit, reason } = outcome.end;
    const isGood = reason === undefined && 'code' in exit && exit.code === 0;
    return { state: isGood ? 'completed' : 'failed', ...outcome.end };
  }
  return { state: 'failed', ...breakdown(outcome.error) };
}

/** A signal would be the one that ended it for that: the state says so already. */
function canceled(outcome: AttemptOutcome): Ending {
  const { exit, ...rest } = whatRemains(outcome);
  const own = exit !== undefined && 'code' in exit;
  return { state: 'canceled', reason: 'canceled', ...rest, ...(own && { exit }) };
}

function whatRemains(outcome: AttemptOutcome): Pick<Ending, 'exit' | 'result'> {
  if (outcome.type === 'broke') return {};
  const { reason: _, ...end } = outcome.end;
  return end;
}

function breakdown(error: unknown): Pick<Ending, 'reason' | 'error'> {
  const known = isPrefishError(error) ? error : undefined;
  const code = known?.code ?? 'PREFISH_SERVER_INTERNAL';
  return {
    reason: reasons[code] ?? 'server-failed',
    error: { code, message: errorMessage(error), ...(known?.hint !== undefined && { hint: known.hint }) },
  };
}
