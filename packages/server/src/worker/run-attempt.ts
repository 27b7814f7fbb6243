import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { PrefishError, errorMessage, type EventBody, type Exit, type ModelAccess } from '@prefish/protocol';
import type { Credentials } from '../credentials/credentials.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { Offer, Runtime } from '../runtime.ts';
import { egressRules } from '../egress/egress-rules.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import { taskHome } from '../sandbox/environment.ts';
import { checkGrantedMounts } from '../sandbox/granted-mounts.ts';
import { writtenBytes } from '../sandbox/limits/written-bytes.ts';
import type { Exceeded, Sandbox } from '../sandbox/sandbox.ts';
import type { Claim } from '../store/store.ts';
import type { AttemptEnd, AttemptLog, RunAttempt } from './attempt.ts';
import { keepFiles, keptFolder } from './kept-files.ts';
import { LastMessage } from './commit-message.ts';
import { placeOfTask } from './place-of-task.ts';
import { keepResult } from './result.ts';
import { runLine } from './run-line.ts';
import { prepareWorkspace } from './workspace.ts';
import type { SandboxRequest } from '../sandbox/sandbox.ts';
import type { OpenTaskFolder } from './task-folder.ts';
import { TaskTrees } from './tree/task-trees.ts';
import type { Workspace } from './workspace.ts';

/** What attempts are made with. */
export interface RunAttemptOptions {
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  readonly credentials: Pick<Credentials, 'read'>;
  /** Where the sockets of attempts are made: a short path, in a folder of this user alone. */
  readonly sockets: string;
  /** The server's folder; workspaces are in `work/` in it. */
  readonly folder: string;
  /** What makes the trees of attempts; one that works in the folder, by default. */
  readonly trees?: TaskTrees;
  /** The prefish that runs the line. */
  readonly offer: () => Promise<Offer>;
  /** What else is the server's, and not to be shown to tasks: the folder of its socket. */
  readonly hidden?: readonly string[];
  /** Others use the server too: see `ServerOptions.restricted`. */
  readonly restricted?: boolean;
}

/** How long the result of an attempt that was ended early may take to be kept, in milliseconds. */
const salvageTime = 10_000;

/** Runs attempts on this machine. @throws PREFISH_SANDBOX_MISSING, PREFISH_CREDENTIAL_MISSING and what the parts throw */
export function createRunAttempt(options: RunAttemptOptions): RunAttempt {
  const { sandbox, folder, offer, trees = new TaskTrees(options.folder) } = options;

  return async (claim, log, input, signal) => {
    const { request, attempt } = claim;
    const repositories = options.repositories.of(claim.owner);
    const kind = await chooseSandbox(sandbox, request);
    const models = await leaveToUse(claim, options.credentials);
    const { runtime, limits, reach = [] } = await offer();
    const uncontained = kind === 'none' ? [await unsandboxedWarning(sandbox)] : [];
    const contained = kind !== 'none';
    const workspace = await prepareWorkspace({
      repositories,
      folder,
      request,
      attempt,
      trees,
      contained,
      signal,
    });
    const said = new LastMessage();
    try {
      const warnings = [...uncontained, ...workspace.warnings];
      if (warnings.length > 0) await log.append(warnings);
      signal.throwIfAborted();
      const command = kind === 'none' ? runtime.hostCommand : runtime.command;
      const taskFolder = await folderFor(claim, workspace, models, log, options, reach);
      let ended: { readonly exit: Exit; readonly exceeded?: Exceeded };
      const begun = Date.now();
      try {
        const asked = {
          ...sandboxRequest(claim, workspace, { ...runtime, command }, options),
          ...(taskFolder !== undefined && { taskFolder: taskFolder.path(kind) }),
        };
        const mounts = [...asked.mounts, ...(taskFolder?.mounts ?? [])];
        const sandboxed = await sandbox.start(kind, { ...asked, mounts, limits });
        ended = await runLine(kind, sandboxed, listening(log, said), input, signal);
      } finally {
        await taskFolder?.close();
      }
      const { exit, exceeded } = ended;
      if (exceeded === undefined) return { exit, ...(await result(claim, workspace)) };
      const isFitting = await tellExceeded(exceeded, workspace.tree.path, begun, log);
      return { exit, reason: exceeded.limit, ...(isFitting && (await result(claim, workspace))) };
    } finally {
      // What cannot be removed now goes with the task's next attempt or the server's next start.
      await workspace.remove().catch(() => {});
    }

    async function result(claim: Claim, workspace: Workspace): Promise<Pick<AttemptEnd, 'result'>> {
      const grace = graceAfter(signal, salvageTime);
      try {
        const kept = await keepResult(repositories, workspace, claim, said.text, grace.signal);
        const { keep = [] } = claim.request.options;
        const files = keptFolder(folder, { id: claim.request.id, attempt: claim.attempt });
        const warnings = [
          ...kept.warnings,
          ...(keep.length > 0 ? await keepFiles(keep, workspace.tree.path, files, grace.signal) : []),
        ];
        if (warnings.length > 0) await log.append(warnings);
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

/** What of a task that filled the disk is still kept as its result, in bytes. */
const mostAfterFull = 2 ** 30;

/** Says what a task used too much of, and whether there is room to keep what it changed. */
async function tellExceeded(
  { limit, message, hint }: Exceeded,
  tree: string,
  since: number,
  log: AttemptLog,
): Promise<boolean> {
  const warning = (text: string): EventBody => ({
    type: 'warning',
    code: 'PREFISH_TASK_LIMIT',
    message: text,
    hint,
  });
  const changed = limit === 'disk' ? await writtenBytes(tree, since) : 0;
  const isFitting = changed !== undefined && changed <= mostAfterFull;
  await log.append([warning(isFitting ? message : `${message}; what it wrote was not kept`)]);
  return isFitting;
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

function sandboxRequest(
  { request, attempt }: Claim,
  workspace: Workspace,
  { command, arguments: own, mounts }: Runtime,
  { folder, hidden = [], restricted = false }: RunAttemptOptions,
): SandboxRequest {
  const { objects, tree, home, tmp } = workspace;
  const { mounts: granted = [] } = request.options;
  // Looked at again: a task that may write in one could have put a link in the place of another.
  checkGrantedMounts(granted, { home: taskHome(request), hidden: [folder, ...hidden] });
  return {
    task: request.id,
    attempt,
    command: [...command, '--json', '--input-json', ...own, '-c', request.line],
    tree: tree.place,
    enter: tree.enter,
    root: request.root,
    cwd: request.cwd,
    home,
    tmp,
    ...placeOfTask(request),
    hasNetwork: (request.options.network ?? 'full') === 'full' && !restricted,
    // Who may run without any sandbox may as well do this in one.
    tracing: request.options.unsandboxed === true && !restricted,
    hidden: [folder, ...hidden],
    mounts: [
      ...mounts.filter(({ target }) => !isInTree(target, request.root, tree.path)),
      ...(request.git ? [{ source: objects, target: objects }] : []),
      ...granted.map(({ path, writable = false }) => ({
        source: path,
        target: path,
        writable,
        granted: true as const,
      })),
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
