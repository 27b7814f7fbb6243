import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError, createTaskId } from '@prefish/protocol';
import { finishInterrupted } from '../apply/recover.ts';
import { shareWithMirror } from '../disk/share-with-mirror.ts';
import { pushSnapshot } from '../outbox/push-snapshot.ts';
import { undeliveredTask } from '../outbox/undelivered-task.ts';
import type { Services } from '../services.ts';
import { readTags } from '../snapshot/read-tags.ts';
import { openShadow } from '../snapshot/shadow.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { findWorkTree, historyOf } from '../snapshot/work-tree.ts';
import { admitSize } from './admit-size.ts';
import { afterSubmission } from './after-submission.ts';
import { announce } from './announce.ts';
import { describeDryRun } from './describe-dry-run.ts';
import { followAllToEnd } from './follow.ts';
import { planLine, titleOf } from './plan-line.ts';
import { keepAndSend, sendAllNow, type Sending } from './send.ts';
import { showUpload } from './show-upload.ts';
import { sayStatus } from './status.ts';
import { describeSubmission } from './task-words.ts';
import { askWhatWasMeant } from './ask-what-was-meant.ts';
import { networkFor } from './network.ts';
import { prepareLuggage } from './prepare-luggage.ts';
import { consentToModels, consentToSecrets, refuseUnsupported } from './consent.ts';
import { checkNeeds } from './teleport-needs.ts';
import { prepareServer, type ServerSide } from './server-side.ts';
import type { SubmitValues } from './submit-args.ts';
import { carriedPaths, pathsInTree, presentPaths, readSubmitOptions } from './submit-options.ts';

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
  const server = values.server === undefined ? services.chosen() : services.serverOf(values.server);
  const there = services.at(server);
  if (context.terminal !== undefined) return submit(body, context, values, there);
  const { out, release } = afterSubmission(context.out);
  try {
    return await submit(body, { ...context, out }, values, there);
  } finally {
    release();
  }
}

async function submit(
  body: string,
  context: RunContext,
  values: SubmitValues,
  services: Services,
): Promise<Outcome> {
  const { signal, env, out } = context;
  if (env['PREFISH_TASK'] !== undefined) {
    throw new PrefishError('PREFISH_TELEPORT_NESTED', 'A task does not start tasks; nothing was sent');
  }
  const { server } = services;
  const options = readSubmitOptions(values);
  refuseUnsupported(options, server);
  const line = await askWhatWasMeant(planLine(body.replace(/^ +/, ''), context.shell), context);
  const network = networkFor(line.token, line.needs, {
    asked: options.network,
    configured: services.defaults.network,
  });
  await checkNeeds(line.token, line.needs, server.elsewhere ? undefined : env);
  const luggage = await prepareLuggage(line, context).catch(async (error: unknown) => {
    const { explainOnlyLooks } = await import('./explain-only-looks.ts');
    return explainOnlyLooks(services, error, signal);
  });
  if (values['dry-run'] !== true && !(await consentToModels(luggage, server, context))) return notSent;
  const isNetworkWished = (options.network ?? services.defaults.network) !== undefined;
  const asked = { ...options, ...(network === undefined ? {} : { network }) };
  const git = await services.git(env);
  // At the prompt the delivery outlives the line, and so does what it needs.
  const atPrompt = isTyped(context) && values.wait !== true;
  const sendSignal = atPrompt ? services.signal : signal;
  const finding = findWorkTree(git, context.cwd, env['HOME'], signal);
  // While git is asked: the first use of node:crypto, which names the shadow too, takes milliseconds.
  const [id, ...others] = Array.from({ length: asked.attempts }, createTaskId) as [string, ...string[]];
  const tree = await finding;
  const carried = server.elsewhere
    ? []
    : [
        ...(await carriedPaths(asked.carry, context.cwd, tree)),
        ...(await presentPaths(services.defaults.carry, tree)),
      ];
  const kept = pathsInTree('keep', asked.keep, context.cwd, tree);
  const along = { carried, summary: luggage.summary };
  await finishInterrupted(services, tree, (code, message) => out.warn(code, message), signal);
  const shadow = await openShadow(git, tree, services.folders);
  if (values['dry-run'] === true) {
    const { details } = await takeSnapshot(shadow, tree, signal);
    // What was asked for, and no status.
    announce({ out, say: (text) => out.line(text) }, await details, tree, along, server);
    return { type: 'ok', message: describeDryRun(network, services.defaults.allow, luggage, server) };
  }
  // A tag of what is gone is no reason to keep a line here.
  const tagging = readTags(git, tree, signal).catch(() => []);
  let side: Promise<ServerSide> | undefined;
  const prepare = (): Promise<ServerSide> => {
    side ??= prepareServer(
      services,
      line,
      { ...asked, isNetworkWished },
      { repo: shadow.repo, history: historyOf(tree) },
      sendSignal,
    );
    side.catch(() => {});
    return side;
  };
  const { commit, details: reading } = await takeSnapshot(shadow, tree, signal, prepare, (candidates) =>
    admitSize(candidates, services.defaults.snapshot, context),
  );
  if (server.elsewhere && !(await consentToSecrets(shadow, tree, commit, server, context))) return notSent;
  const { uploads } = services;
  const pushed = uploads.run([id, ...others], sendSignal, async (until, onProgress) => {
    const { location } = await prepare();
    const remote = await server.remote(location);
    const mirror = { ...remote, latest: location.latest };
    await pushSnapshot(git, { id, commit, shadow: shadow.folder }, mirror, until, onProgress);
    if (!server.elsewhere && location.objects !== undefined) {
      await shareWithMirror(git, shadow, location.objects);
    }
  });
  pushed.catch(() => {});
  const [details, tags] = await Promise.all([reading, tagging]);
  const tell = (): void =>
    announce({ out, say: (text) => sayStatus(context, text) }, details, tree, along, server);
  const submission = {
    title: titleOf(line),
    tree,
    shadow,
    commit,
    details,
    tags,
    asked,
    carried,
    kept,
    env,
    needs: line.needs,
    luggage,
    allow: services.defaults.allow,
    sandbox: services.defaults.sandbox,
    grants: services.defaults.grants,
    setup: options.setup ?? services.defaults.setup,
    elsewhere: server.elsewhere,
  };
  // Siblings share the snapshot, and its one push.
  const login = server.login?.()?.name;
  const sendingOf = (sibling: string, at: number): Sending => {
    const group = { id, index: at + 1, of: asked.attempts };
    const own = { ...submission, id: sibling, ...(others.length > 0 ? { group } : {}) };
    return { services, git, submission: own, line, server: prepare(), pushed, login };
  };
  const sendings: [Sending, ...Sending[]] = [
    sendingOf(id, 0),
    ...others.map((sibling, index) => sendingOf(sibling, index + 1)),
  ];
  if (context.terminal) tell();
  const hideUpload = showUpload(context, services, { id, line: line.text });
  if (atPrompt) {
    const task = undeliveredTask(await keepAndSend(sendings));
    void pushed.catch(() => {}).finally(hideUpload);
    // Its number comes with the notice that follows: one line says all.
    return { type: 'task', task, message: '' };
  }
  let sent = await sendAllNow(sendings, signal).finally(hideUpload);
  if (values.wait === true) {
    const { sendOnceBack } = await import('./send-once-back.ts');
    sent = await sendOnceBack(sent, services, signal);
  }
  const { tasks, error } = sent;
  for (const task of tasks) out.event({ type: 'state', state: 'submitted', task: task.id });
  if (tasks.length > 0 && !context.terminal) tell();
  if (error !== undefined) {
    if (tasks.length > 0) sayStatus(context, describeSubmission(tasks));
    throw error;
  }
  if (values.wait === true) {
    sayStatus(context, describeSubmission(tasks));
    return followAllToEnd(services, tasks, context);
  }
  return { type: 'task', task: tasks[0]!, message: describeSubmission(tasks) };
}

const notSent: Outcome = { type: 'denied', reason: 'Nothing was sent' };

function isTyped({ terminal, origin }: RunContext): boolean {
  return terminal !== undefined && (origin === 'typed' || origin === 'pasted');
}
