import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { ServerClient, type Transport } from '@prefish/protocol/client';
import { createTaskId, type Task, type TaskSnapshots } from '@prefish/protocol';
import type { RunContext } from '@prefish/core';
import { createServices, type Services } from '../../src/services.ts';
import { at, type Scratch, type TestRepository } from './repository.ts';

/** A task that has ended, with its two commits in a mirror: enough, as JSON, to go on in another process. */
export interface FinishedTask {
  readonly task: Task;
  readonly snapshots: TaskSnapshots;
  readonly mirror: string;
  readonly folders: Scratch['folders'];
  readonly env: Record<string, string>;
}

/** Sends what is in `cwd` to a mirror and lets `work` change a checkout of it, as a task would. */
export async function finishTask(
  s: Scratch,
  cwd: string,
  work: (workspace: TestRepository) => void,
): Promise<FinishedTask> {
  const { git, tree, shadow, snapshot } = await s.capture(cwd);
  const id = createTaskId();
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  await git(['push', '-q', mirror, `${snapshot.commit}:refs/prefish/snapshots/${id}`], {
    env: { GIT_DIR: shadow.folder },
  });
  const workspace = at(join(s.root, `work-${id}`), s.env);
  mkdirSync(workspace.path);
  workspace.git('clone', '-q', '--no-checkout', mirror, '.');
  workspace.git('fetch', '-q', 'origin', `refs/prefish/snapshots/${id}`);
  workspace.git('checkout', '-q', 'FETCH_HEAD');
  work(workspace);
  workspace.git('add', '-A', '-f');
  workspace.git('commit', '-qm', 'result');
  workspace.git('push', '-q', 'origin', `HEAD:refs/prefish/results/${id}`);
  const result = workspace.git('rev-parse', 'HEAD').trim();
  return {
    task: {
      id,
      number: 1,
      source: 'server',
      place: 'this machine',
      title: '!work',
      line: '!work',
      state: 'completed',
      attempt: 1,
      createdAt: new Date().toISOString(),
      base: snapshot.base,
      sandbox: 'none',
      network: 'full',
      root: tree.root,
    },
    snapshots: { repo: shadow.repo, snapshot: snapshot.commit, result },
    mirror,
    folders: s.folders,
    env: s.env,
  };
}

/** The plugin's services over a server that knows this one task. */
export function servicesFor(finished: FinishedTask): Services {
  const { task, snapshots, mirror } = finished;
  const transport: Transport = async ({ path }) => {
    const answers: Record<string, unknown> = {
      [`/v1/tasks/${task.id}/snapshots`]: snapshots,
      [`/v1/repositories/${snapshots.repo}`]: {
        repo: snapshots.repo,
        remote: mirror,
        objects: join(mirror, 'objects'),
      },
    };
    const body = JSON.stringify(
      answers[path] ?? { code: 'PREFISH_ROUTE_UNKNOWN', detail: path, status: 404 },
    );
    return {
      status: path in answers ? 200 : 404,
      body: (async function* () {
        yield Buffer.from(body);
      })(),
    };
  };
  const client = new ServerClient(transport);
  const options = { folders: finished.folders, connect: async () => client };
  return createServices(options, new AbortController().signal, {
    takesMessages: () => true,
    warn() {},
    notify() {},
    status() {},
  });
}

/** What an action sees of the line that runs it. `said` collects its warnings. */
export function actionContext(cwd: string, env: Record<string, string>, said: string[] = []): RunContext {
  const out = {
    warn: (_code: string, message: string) => said.push(message),
    line() {},
    event() {},
    write() {},
  };
  return { cwd, env, out, signal: new AbortController().signal, origin: 'script' } as unknown as RunContext;
}
