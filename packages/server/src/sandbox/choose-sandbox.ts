import { PrefishError, type SandboxKind, type SubmitTask } from '@prefish/protocol';
import type { Sandbox } from './sandbox.ts';

/**
 * What a task is to run in: the sandbox where it works; nothing where the configuration says so, or where
 * none works and the submitter allowed it.
 *
 * @throws PREFISH_SANDBOX_MISSING
 */
export async function chooseSandbox(sandbox: Sandbox, request: SubmitTask): Promise<SandboxKind> {
  const { kind, reason, hint } = await sandbox.report();
  if (kind === 'bwrap' || sandbox.mode === 'none') return kind;
  if (sandbox.mode === 'auto' && request.options.unsandboxed === true) return 'none';
  throw new PrefishError('PREFISH_SANDBOX_MISSING', reason ?? 'no sandbox works on this machine', { hint });
}
