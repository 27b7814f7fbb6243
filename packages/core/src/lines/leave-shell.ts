import { isPrefishError } from '@prefish/protocol';
import { HookCall } from '../hooks/hook-call.ts';
import { createLineContext } from './line-context.ts';
import type { LineRunner } from './run-handler.ts';

/** Calls the hook `leave`; false when a question of it was not answered: the person stays. */
export async function leaveShell(shell: LineRunner, signal: AbortSignal): Promise<boolean> {
  const { hooks, hookDeadlineMs, log } = shell;
  if (hooks.leave.taps.length === 0 || signal.aborted) return true;
  const { context, detach } = createLineContext({
    ...shell,
    plugin: 'prefish',
    from: { origin: 'api' },
    signal,
  });
  const call = new HookCall({ deadlineMs: hookDeadlineMs, signal });
  try {
    await call.run(() => hooks.leave.promise(call.unhurried(context)));
    return true;
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_INTERRUPTED') return signal.aborted;
    log.report('warning', error as Error);
    return true;
  } finally {
    detach();
  }
}
