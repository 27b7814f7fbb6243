import type { SubmitTask } from '@prefish/protocol';
import type { Shadow } from '../snapshot/shadow.ts';
import type { SnapshotDetails } from '../snapshot/snapshot-details.ts';
import type { WorkTree } from '../snapshot/work-tree.ts';
import type { Asked } from './submit-options.ts';
import { taskEnvironment } from './task-environment.ts';

/** What a submission is made of. */
export interface Submission {
  readonly id: string;
  readonly line: string;
  readonly title: string | undefined;
  readonly tree: WorkTree;
  readonly shadow: Shadow;
  readonly commit: string;
  readonly details: SnapshotDetails;
  readonly asked: Asked;
  /** Paths of `--carry`, relative to the top. */
  readonly carried: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The request that the outbox keeps and the server gets. */
export function buildRequest(submission: Submission): SubmitTask {
  const { id, line, title, tree, shadow, commit, details, asked, carried, env } = submission;
  const { after, timeout, retries, network } = asked;
  const name = tree.config.get('user.name');
  const email = tree.config.get('user.email');
  const carry = [...new Set([...details.ignored.dependencies, ...carried])];
  return {
    id,
    line,
    ...(title === undefined ? {} : { title }),
    repo: shadow.repo,
    snapshot: commit,
    base: details.base,
    root: tree.root,
    cwd: tree.cwd,
    path: env['PATH'] ?? '',
    env: taskEnvironment(env),
    git: tree.repository !== undefined,
    options: {
      unsandboxed: true,
      carry,
      ...(after.length > 0 ? { after } : {}),
      ...(timeout === undefined ? {} : { timeout }),
      ...(retries === undefined ? {} : { retries }),
      ...(network === undefined ? {} : { network }),
      ...(name === undefined || email === undefined ? {} : { identity: { name, email } }),
    },
  };
}
