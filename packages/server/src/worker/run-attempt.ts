import { PrefishError, errorMessage, type EventBody, type Exit, type ModelAccess } from '@prefish/protocol';
import type { Credentials } from '../credentials/credentials.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { Offer } from '../runtime.ts';
import { egressRules } from '../egress/egress-rules.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import { limitsInForce } from '../sandbox/limits/task-limits.ts';
import type { Exceeded, Sandbox } from '../sandbox/sandbox.ts';
import type { Claim } from '../store/store.ts';
import type { AttemptEnd, AttemptLog, RunAttempt } from './attempt.ts';
import { tellExceeded } from './exceeded.ts';
import { graceAfter } from './grace.ts';
import { keepFiles, keptFolder } from './kept-files.ts';
import { LastMessage } from './commit-message.ts';
import { keepResult } from './result.ts';
import { runLine } from './run-line.ts';
import { sandboxRequest, type ServerSurroundings } from './sandbox-request.ts';
import { prepareWorkspace } from './workspace.ts';
import type { SandboxRequest } from '../sandbox/sandbox.ts';
import type { OpenTaskFolder } from './task-folder.ts';
import { TaskTrees } from './tree/task-trees.ts';
import { Dependencies } from './setup/dependencies.ts';
import { runSetup, type RunPrefixed } from './setup/run-setup.ts';
import type { Setup, Workspace } from './workspace.ts';

/** What attempts are made with. */
export interface RunAttemptOptions extends ServerSurroundings {
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  readonly credentials: Pick<Credentials, 'read'>;
  /** Where the files of `--keep` go: the server’s folder, where that is another one. */
  readonly kept?: string;
  /** Where the sockets of attempts are made: a short path, in a folder of this user alone. */
  readonly sockets: string;
  /** What makes the trees of attempts; one that works in the folder, by default. */
  readonly trees?: TaskTrees;
  /** What set-up commands installed; kept in the folder, by default. */
  readonly dependencies?: Dependencies;
  /** The prefish that runs the line. */
  readonly offer: () => Promise<Offer>;
}

/** How long the result of an attempt that was ended early may take to be kept, in milliseconds. */
const salvageTime = 10_000;

/** Runs attempts on this machine. @throws PREFISH_SANDBOX_MISSING, PREFISH_CREDENTIAL_MISSING and what the parts throw */
export function createRunAttempt(options: RunAttemptOptions): RunAttempt {
  const { sandbox, folder, kept: keptIn = folder, offer, trees = new TaskTrees(options.folder) } = options;
  const { dependencies = new Dependencies(folder) } = options;

  return async (claim, log, input, signal) => {
    const { request, attempt } = claim;
    const repositories = options.repositories.of(claim.owner);
    const kind = await chooseSandbox(sandbox, request);
    const models = await leaveToUse(claim, options.credentials);
    const { runtime, limits, prefixes, reach = [] } = await offer();
    const uncontained = kind === 'none' ? [await unsandboxedWarning(sandbox)] : [];
    const contained = kind !== 'none';
    const inForce = limitsInForce(limits);
    const workspace = await prepareWorkspace({
      repositories,
      folder,
      request,
      attempt,
      trees,
      dependencies,
      owner: claim.owner,
      contained,
      limits: inForce,
      signal,
    });
    const said = new LastMessage();
    try {
      const warnings = [...uncontained, ...workspace.warnings];
      if (warnings.length > 0) await log.append(warnings);
      signal.throwIfAborted();
      const command = kind === 'none' ? runtime.hostCommand : runtime.command;
      const taskFolder = await folderFor(claim, workspace, models, log, options, reach);
      let installed: readonly string[] = [];
      let ended: { readonly exit: Exit; readonly exceeded?: Exceeded };
      const begun = Date.now();
      try {
        const asked = {
          ...sandboxRequest(claim, workspace, { ...runtime, command }, options),
          ...(taskFolder !== undefined && { taskFolder: taskFolder.path(kind) }),
        };
        const mounts = [...asked.mounts, ...(taskFolder?.mounts ?? [])];
        if (workspace.setup !== undefined) {
          const token = prefixes.find(({ id }) => id === 'shell')?.token ?? '!';
          installed = await setUp(
            workspace,
            workspace.setup,
            token,
            async (line, folder, setupLog, silence) => {
              const before = [...asked.command.slice(0, -1), line] as unknown as SandboxRequest['command'];
              const started = await sandbox.start(kind, {
                ...asked,
                command: before,
                cwd: folder,
                mounts,
                limits,
              });
              const setup = await runLine(kind, started, setupLog, silence, signal);
              signal.throwIfAborted();
              return setup.exit;
            },
          );
        }
        const sandboxed = await sandbox.start(kind, { ...asked, mounts, limits });
        ended = await runLine(kind, sandboxed, listening(log, said), input, signal);
      } finally {
        await taskFolder?.close();
      }
      const { exit, exceeded } = ended;
      const finished = withCarried(claim, installed);
      if (exceeded === undefined) return { exit, ...(await result(finished, workspace)) };
      const isFitting = await tellExceeded(exceeded, workspace.tree.path, begun, log);
      return { exit, ...(isFitting && (await result(finished, workspace))), reason: exceeded.limit };
    } finally {
      // What cannot be removed now goes with the task's next attempt or the server's next start.
      await workspace.remove().catch(() => {});
    }

    /** Installs dependencies, or says that they are there. Returns where: that is no result of the task. */
    async function setUp(
      workspace: Workspace,
      { plan, installed }: Setup,
      token: string,
      run: RunPrefixed,
    ): Promise<readonly string[]> {
      if (installed !== undefined) {
        const title = `set-up: ${plan.command} (installed for an earlier task)`;
        await log.append([{ type: 'tool', id: 'set-up', title, status: 'completed' }]);
        return installed.paths;
      }
      await runSetup(plan, token, log, run);
      return dependencies.keep(claim.owner, plan, workspace, signal);
    }

    async function result(
      claim: Claim,
      workspace: Workspace,
    ): Promise<Pick<AttemptEnd, 'result' | 'reason'>> {
      const grace = graceAfter(signal, salvageTime);
      try {
        const kept = await keepResult(repositories, workspace, claim, said.text, inForce, grace.signal);
        const { keep = [] } = claim.request.options;
        const files = keptFolder(keptIn, { id: claim.request.id, attempt: claim.attempt });
        const warnings = [
          ...kept.warnings,
          ...(keep.length > 0 ? await keepFiles(keep, workspace.tree.path, files, grace.signal) : []),
        ];
        if (warnings.length > 0) await log.append(warnings);
        const { result, exceeded } = kept;
        return { ...(result && { result }), ...(exceeded && { reason: exceeded }) };
      } catch (error) {
        if (signal.aborted) return {};
        throw error;
      } finally {
        grace.stop();
      }
    }
  };
}

/** A claim that says what else of the work tree is no result. */
function withCarried(claim: Claim, paths: readonly string[]): Claim {
  if (paths.length === 0) return claim;
  const { request } = claim;
  const carry = [...(request.options.carry ?? []), ...paths];
  return { ...claim, request: { ...request, options: { ...request.options, carry } } };
}

/** The credentials of a task that came with some. They are gone only where somebody removed them. */
async function leaveToUse(
  { request }: Claim,
  credentials: RunAttemptOptions['credentials'],
): Promise<readonly ModelAccess[]> {
  const { id, modelApis = [] } = request;
  if (modelApis.length === 0) return [];
  const models = await credentials.read(id);
  if (models !== undefined) return models;
  throw new PrefishError(
    'PREFISH_CREDENTIAL_MISSING',
    `the credentials that came with this task are gone (${modelApis.join(', ')})`,
    { hint: 'Send the line again with &.' },
  );
}

/** The folder for what came along; none where nothing did, so that most tasks pay nothing for it. */
async function folderFor(
  { request, enclosed }: Claim,
  { path }: Workspace,
  models: readonly ModelAccess[],
  log: AttemptLog,
  { sockets, restricted = false }: RunAttemptOptions,
  listed: readonly string[],
): Promise<OpenTaskFolder | undefined> {
  const { network = 'full', allow = [] } = request.options;
  const reach = restricted ? listed : undefined;
  const egress = egressRules(network, allow, reach);
  if (enclosed === undefined && models.length === 0 && egress === undefined) return undefined;
  const { openTaskFolder } = await import('./task-folder.ts');
  try {
    return await openTaskFolder({
      work: path,
      sockets,
      enclosed,
      models,
      egress,
      reach,
      // An attempt that lost its lease has no transcript to tell it to.
      report: (event) => void log.append([event]).catch(() => {}),
    });
  } catch (cause) {
    const message = `what came along with the task could not be put down: ${errorMessage(cause)}`;
    throw new PrefishError('PREFISH_WORKSPACE_FAILED', message, { cause });
  }
}

/** A log that lets another one listen to what the line says. */
function listening(log: AttemptLog, said: LastMessage): AttemptLog {
  return {
    ...log,
    append(events) {
      said.take(events);
      return log.append(events);
    },
  };
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
