import { delimiter, dirname } from 'node:path';
import type { Luggage, TeleportNeeds } from '@prefish/core';
import type { SentTag, SubmitTask, TaskGroup } from '@prefish/protocol';
import type { Grants, SandboxChoice } from '../options.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import type { SnapshotDetails } from '../snapshot/snapshot-details.ts';
import type { WorkTree } from '../snapshot/work-tree.ts';
import { mayRunUnsandboxed } from './sandbox.ts';
import type { Asked } from './submit-options.ts';
import { namedVariables, taskEnvironment } from './task-environment.ts';

/** What a submission is made of. */
export interface Submission {
  readonly id: string;
  readonly line: string;
  readonly title: string | undefined;
  readonly tree: WorkTree;
  readonly shadow: Shadow;
  readonly commit: string;
  readonly details: SnapshotDetails;
  readonly tags: readonly SentTag[];
  readonly asked: Asked;
  /** Paths of `--carry`, relative to the top. */
  readonly carried: readonly string[];
  /** Paths of `--keep`, relative to the top. */
  readonly kept: readonly string[];
  /** Its place among its siblings, where `--attempts` asked for some. */
  readonly group?: TaskGroup;
  readonly env: Readonly<Record<string, string>>;
  readonly needs: TeleportNeeds;
  readonly luggage: Luggage;
  /** The hosts that the network level `allowlist` reaches. */
  readonly allow: readonly string[];
  readonly sandbox: SandboxChoice;
  readonly grants: Grants;
  /** What is run there first, where it goes to another machine. */
  readonly setup: string | undefined;
  /** It goes to another machine: nothing of it may name a folder of this one, but the work tree's. */
  readonly elsewhere: boolean;
}

/** How often a line that has no effects outside of its copy is repeated after its worker was lost. */
const usualRetries = 2;

/** The request that the outbox keeps and the server gets. */
export function buildRequest(submission: Submission): SubmitTask {
  const { id, line, title, tree, shadow, commit, details, tags, asked, carried, kept, env } = submission;
  const { needs, luggage, allow, sandbox, grants, group, elsewhere } = submission;
  const { after, afterAny, timeout, network } = asked;
  const retries = asked.retries ?? (needs.repeatable === true ? usualRetries : undefined);
  const name = tree.config.get('user.name');
  const email = tree.config.get('user.email');
  const carry = elsewhere ? [] : [...new Set([...details.ignored.dependencies, ...carried])];
  return {
    id,
    line,
    ...(title === undefined ? {} : { title }),
    repo: shadow.repo,
    snapshot: commit,
    base: details.base,
    ...(tags.length > 0 ? { tags } : {}),
    root: tree.root,
    cwd: tree.cwd,
    path: elsewhere ? '' : pathTo(luggage.programs ?? [], env['PATH'] ?? ''),
    env: { ...taskEnvironment(env, elsewhere), ...namedVariables(env, grants.environment) },
    ...(elsewhere ? { elsewhere } : {}),
    git: tree.repository !== undefined,
    ...(group === undefined ? {} : { group }),
    options: {
      unsandboxed: mayRunUnsandboxed(needs, sandbox),
      carry,
      ...(elsewhere || grants.mounts.length === 0 ? {} : { mounts: grants.mounts }),
      ...(kept.length > 0 ? { keep: kept } : {}),
      ...(elsewhere && submission.setup !== undefined ? { setup: submission.setup } : {}),
      ...(after.length > 0 ? { after } : {}),
      ...(afterAny.length > 0 ? { afterAny } : {}),
      ...(timeout === undefined ? {} : { timeout }),
      ...(retries === undefined ? {} : { retries }),
      ...(network === undefined ? {} : { network }),
      ...(network === 'allowlist' && allow.length > 0 ? { allow } : {}),
      ...(name === undefined || email === undefined ? {} : { identity: { name, email } }),
    },
    ...enclosedIn(luggage),
  };
}

/** What goes along, as the server takes it. */
export function enclosedIn({ settings, files, models }: Luggage): Pick<SubmitTask, 'enclosed' | 'models'> {
  const enclosed = {
    ...(settings === undefined ? {} : { settings }),
    ...(files === undefined ? {} : { files }),
  };
  return {
    ...(Object.keys(enclosed).length > 0 ? { enclosed } : {}),
    ...(models === undefined || models.length === 0 ? {} : { models }),
  };
}

/** PATH with the folders of programs that are not on it: what is on it, a task has. */
function pathTo(programs: readonly string[], path: string): string {
  const folders = path.split(delimiter);
  return [...new Set([...folders, ...programs.map((program) => dirname(program))])].join(delimiter);
}
