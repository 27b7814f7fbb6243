import { PrefishError, type SandboxKind, type TaskOptions } from '@prefish/protocol';
import type { Sandbox } from './sandbox.ts';

/**
 * What a task is to run in: the sandbox where it works; nothing where the configuration says so, or where
 * none works and the submitter allowed it.
 *
 * @throws PREFISH_SANDBOX_MISSING; PREFISH_NETWORK_UNSUPPORTED where nothing would keep the task to the
 * hosts that it may reach
 */
export async function chooseSandbox(
  sandbox: Sandbox,
  { options }: { readonly options: TaskOptions },
): Promise<SandboxKind> {
  const { kind, reason, hint } = await sandbox.report();
  if (kind === 'bwrap') return kind;
  if (sandbox.mode === 'none' || (sandbox.mode === 'auto' && options.unsandboxed === true)) {
    const { network = 'full' } = options;
    if (network === 'full') return 'none';
    throw new PrefishError(
      'PREFISH_NETWORK_UNSUPPORTED',
      `The network level ${network} needs a sandbox: ${reason ?? 'none works on this machine'}.`,
      { hint: hint ?? '--network full lets the line reach everything.' },
    );
  }
  throw new PrefishError('PREFISH_SANDBOX_MISSING', reason ?? 'no sandbox works on this machine', { hint });
}
