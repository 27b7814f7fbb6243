import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { EventBody } from '@prefish/protocol';
import type { Repositories } from '../repositories/repositories.ts';
import type { Offer, Runtime } from '../runtime.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Claim } from '../store/store.ts';
import type { AttemptEnd, RunAttempt } from './attempt.ts';
import { keepResult } from './result.ts';
import { runLine } from './run-line.ts';
import { prepareWorkspace } from './workspace.ts';
import type { SandboxRequest } from '../sandbox/sandbox.ts';
import type { Workspace } from './workspace.ts';

/** What attempts are made with. */
export interface RunAttemptOptions {
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  /** The server's folder; workspaces are in `work/` in it. */
  readonly folder: string;
  /** The prefish that runs the line. */
  readonly offer: () => Promise<Offer>;
  /** What else is the server's, and not to be shown to tasks: the folder of its socket. */
  readonly hidden?: readonly string[];
}

/** How long the result of an attempt that was ended early may take to be kept, in milliseconds. */
const salvageTime = 10_000;

/** Runs attempts on this machine. @throws PREFISH_SANDBOX_MISSING and what the parts throw */
export function createRunAttempt(options: RunAttemptOptions): RunAttempt {
  const { repositories, sandbox, folder, offer } = options;

  return async (claim, log, input, signal) => {
    const { request, attempt } = claim;
    const kind = await chooseSandbox(sandbox, request);
    const { runtime } = await offer();
    const uncontained = kind === 'none' ? [await unsandboxedWarning(sandbox)] : [];
    const workspace = await prepareWorkspace({ repositories, folder, request, attempt, signal });
    try {
      const warnings = [...uncontained, ...workspace.warnings];
      if (warnings.length > 0) await log.append(warnings);
      signal.throwIfAborted();
      const command = kind === 'none' ? runtime.hostCommand : runtime.command;
      const asked = sandboxRequest(claim, workspace, { ...runtime, command }, options);
      const sandboxed = await sandbox.start(kind, asked);
      const exit = await runLine(kind, sandboxed, log, input, signal);
      return { exit, ...(await result(claim, workspace)) };
    } finally {
      // What cannot be removed now goes with the task's next attempt or the server's next start.
      await workspace.remove().catch(() => {});
    }

    async function result(claim: Claim, workspace: Workspace): Promise<Pick<AttemptEnd, 'result'>> {
      const grace = graceAfter(signal, salvageTime);
      try {
        const kept = await keepResult(repositories, workspace, claim, grace.signal);
        if (kept.warnings.length > 0) await log.append(kept.warnings);
        return kept.result === undefined ? {} : { result: kept.result };
      } catch (error) {
        if (signal.aborted) return {};
        throw error;
      } finally {
        grace.stop();
      }
    }
  };
}

function sandboxRequest(
  { request, attempt }: Claim,
  workspace: Workspace,
  { command, arguments: own, mounts }: Runtime,
  { folder, hidden = [] }: RunAttemptOptions,
): SandboxRequest {
  const { objects, tree, home, tmp } = workspace;
  return {
    task: request.id,
    attempt,
    command: [...command, '--json', '--input-json', ...own, '-c', request.line],
    tree,
    root: request.root,
    cwd: request.cwd,
    home,
    tmp,
    path: request.path,
    env: request.env,
    network: request.options.network ?? 'full',
    hidden: [folder, ...hidden],
    mounts: [
      ...mounts.filter(({ target }) => !isInTree(target, request.root, tree)),
      ...(request.git ? [{ source: objects, target: objects }] : []),
    ],
  };
}

/** Whether the task's own copy of the folder has what a mount would put there: a plugin that lies in the repository itself. */
function isInTree(target: string, root: string, tree: string): boolean {
  const inside = relative(root, target);
  return inside !== '' && inside.split(sep)[0] !== '..' && existsSync(join(tree, inside));
}

async function unsandboxedWarning(sandbox: Sandbox): Promise<EventBody> {
  const { reason, hint } = await sandbox.report();
  return {
    type: 'warning',
    code: 'PREFISH_UNSANDBOXED',
    message: `unsandboxed: this task runs in its own copy of the folder, but uncontained${reason === undefined ? '' : ` (${reason})`}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A signal that follows another one by `milliseconds`. */
function graceAfter(signal: AbortSignal, milliseconds: number): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => controller.abort(signal.reason), milliseconds);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      signal.removeEventListener('abort', start);
    },
  };
}
