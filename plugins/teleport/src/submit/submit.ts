import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError, createTaskId, errorMessage, isPrefishError, type Task } from '@prefish/protocol';
import type { Git } from '../git/git.ts';
import { deliver, mayPass, refused } from '../outbox/deliver.ts';
import type { OutboxEntry } from '../outbox/outbox.ts';
import { pinSnapshot } from '../outbox/push-snapshot.ts';
import { undeliveredTask } from '../outbox/undelivered-task.ts';
import { finishInterrupted } from '../apply/recover.ts';
import type { Services } from '../services.ts';
import { openShadow } from '../snapshot/shadow.ts';
import { retakeSnapshot, takeSnapshot, type Snapshot } from '../snapshot/take-snapshot.ts';
import { findWorkTree } from '../snapshot/work-tree.ts';
import { announce } from './announce.ts';
import { buildRequest, type Submission } from './build-request.ts';
import { followToEnd } from './follow.ts';
import { planLine, type PlannedLine } from './plan-line.ts';
import { prepareServer, type ServerSide } from './server-side.ts';
import type { SubmitValues } from './submit-args.ts';
import { carriedPaths, readSubmitOptions } from './submit-options.ts';

const place = 'this machine';

/**
 * `& LINE`: captures the work tree, keeps the line in the outbox, sends both. A script's line ends
 * once the server has the task durably; at the prompt, once snapshot and line are safe here.
 */
export async function submitLine(
  body: string,
  context: RunContext,
  values: SubmitValues,
  services: Services,
): Promise<Outcome> {
  const { signal, env, out } = context;
  if (env['PREFISH_TASK'] !== undefined) {
    throw new PrefishError('PREFISH_TELEPORT_NESTED', 'A task does not start tasks; nothing was sent');
  }
  const asked = readSubmitOptions(values);
  const line = planLine(body.replace(/^ +/, ''), context.shell);
  const git = await services.git(env);
  const tree = await findWorkTree(git, context.cwd, env['HOME'], signal);
  const carried = await carriedPaths(asked.carry, context.cwd, tree);
  await finishInterrupted(services, tree, (code, message) => out.warn(code, message), signal);
  const shadow = await openShadow(git, tree, services.folders.cache);
  if (values['dry-run'] === true) {
    announce(out, await takeSnapshot(shadow, tree, signal), tree, carried, place);
    return { type: 'ok' };
  }
  const here = isInteractive(context);
  // At the prompt the delivery outlives the line, and so does what it needs.
  const server = prepareServer(services, line, asked, shadow.repo, here ? services.signal : signal);
  server.catch(() => {});
  const snapshot = await takeSnapshot(shadow, tree, signal);
  const submission = { id: createTaskId(), tree, shadow, snapshot, asked, carried, env };
  const sending: Sending = { services, git, submission, line, server };
  if (here && values.wait !== true) return submitInBackground(context, sending);

  if (context.terminal) announce(out, snapshot, tree, carried, place);
  const task = await submitNow(sending, signal);
  out.event({ type: 'state', state: 'submitted', task: task.id });
  if (!context.terminal) announce(out, snapshot, tree, carried, place);
  if (values.wait === true) return followToEnd(services, task, context);
  return { type: 'task', task, message: `task ${task.number} submitted (${task.id}) · /tasks to watch` };
}

/** A submission on its way. */
interface Sending {
  readonly services: Services;
  readonly git: Git;
  readonly submission: Omit<Submission, 'line'>;
  readonly line: PlannedLine;
  readonly server: Promise<ServerSide>;
}

async function submitNow(sending: Sending, signal: AbortSignal): Promise<Task> {
  const { services, submission } = sending;
  let entry = entryOf(sending, undefined);
  return services.outbox.hold(
    entry.request.id,
    async () => {
      try {
        const side = await sending.server;
        entry = entryOf(sending, side);
        await services.outbox.write(entry);
        return await deliverFresh(sending, entry, side, signal);
      } catch (error) {
        if (isRefusal(error) || signal.aborted) {
          await services.outbox.remove(entry.request.id);
          throw error;
        }
        await services.outbox.write({ ...entry, pinned: true });
        await pinSnapshot(sending.git, entry);
        throw keptError(error, submission.id);
      }
    },
    { signal },
  );
}

async function submitInBackground(context: RunContext, sending: Sending): Promise<Outcome> {
  const { services, submission, git } = sending;
  const { outbox } = services;
  const { id, snapshot, tree, carried } = submission;
  const entry = entryOf(sending, undefined);
  announce(context.out, snapshot, tree, carried, place);
  await outbox.write(entry);
  services.background(
    outbox.hold(id, async () => {
      let current = entry;
      try {
        const side = await sending.server;
        current = entryOf(sending, side);
        await outbox.write(current);
        await deliverFresh(sending, current, side, services.signal);
      } catch (error) {
        const refusal = isRefusal(error);
        current = { ...current, pinned: true };
        await outbox.write(refusal ? refused(current, error) : current);
        await pinSnapshot(git, current).catch(() => {});
        services.warn(
          isPrefishError(error) ? error.code : 'PREFISH_SERVER_REFUSED',
          `${refusal ? 'Refused' : 'Not delivered yet'}: ${current.request.line}: ${errorMessage(error)}`,
          refusal ? undefined : 'It is kept and goes out with the next prefish command',
        );
      }
    }),
  );
  return { type: 'task', task: undeliveredTask(entry), message: `submitted (${id}) · /tasks to watch` };
}

/** Delivers what was captured a moment ago. Objects that have gone meanwhile can be captured again. */
async function deliverFresh(
  { services, git, submission }: Sending,
  entry: OutboxEntry,
  { client, location }: ServerSide,
  signal: AbortSignal,
): Promise<Task> {
  const delivery = { git, outbox: services.outbox, client, location };
  try {
    return await deliver(entry, delivery, signal);
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_SNAPSHOT_FAILED') throw error;
  }
  const snapshot: Snapshot = await retakeSnapshot(submission.shadow, submission.tree, signal);
  const again = { ...entry, request: { ...entry.request, snapshot: snapshot.commit, base: snapshot.base } };
  await services.outbox.write(again);
  return deliver(again, delivery, signal);
}

function entryOf({ submission, line }: Sending, side: ServerSide | undefined): OutboxEntry {
  const text = side?.line ?? line.token + line.rest;
  const asked = side === undefined ? submission.asked : { ...submission.asked, after: side.after };
  return {
    version: 1,
    request: buildRequest({ ...submission, asked, line: text }),
    shadow: submission.shadow.folder,
    createdAt: new Date().toISOString(),
  };
}

/** The server's last word, as opposed to trouble on the way. A server of another version is told about before anything is kept. */
function isRefusal(error: unknown): boolean {
  return !mayPass(error) || (isPrefishError(error) && error.code === 'PREFISH_SERVER_VERSION');
}

function keptError(error: unknown, id: string): unknown {
  if (!isPrefishError(error)) return error;
  return new PrefishError(error.code, error.message, {
    hint: `The line is kept (${id}) and goes out with the next prefish command. ${error.hint ?? ''}`.trim(),
    cause: error,
  });
}

function isInteractive(context: RunContext): boolean {
  return context.terminal !== undefined && (context.origin === 'typed' || context.origin === 'pasted');
}
