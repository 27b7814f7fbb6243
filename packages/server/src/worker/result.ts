import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PrefishError, type EventBody, type Result } from '@prefish/protocol';
import { countChanges } from '../repositories/changes.ts';
import { byRecords } from '../repositories/by-records.ts';
import { diskFull, git, gitLine, type GitOptions, type GitOutput } from '../repositories/git.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { Claim } from '../store/store.ts';
import { canGoAlong, normalizePath } from './carry.ts';
import { commitMessage } from './commit-message.ts';
import { hasPlainParents } from './plain-parents.ts';
import { findOversize, surveyTree, type Oversize } from './result-size.ts';
import { makeReadable, removeTraps } from './sweep-tree.ts';
import { gitIn } from './tree/task-tree.ts';
import type { TreeLimits } from './tree/tree-size.ts';
import type { Workspace } from './workspace.ts';

/** What came out of a task, and what of it could not be kept. */
export interface KeptResult {
  /** Absent when the work tree is as it was sent, and when it holds more than a task may add. */
  readonly result?: Result;
  /** The limit that it is over. */
  readonly exceeded?: Oversize['limit'];
  readonly warnings: readonly EventBody[];
}

const author = { NAME: 'prefish', EMAIL: 'prefish@localhost' };
const identity = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(author).map(([key, value]) => [`GIT_${role}_${key}`, value]),
  ),
);

/**
 * Commits the work tree that a task left, on top of the snapshot that it was given, by the git directory
 * that the task never saw. Call it once no process of the task is left: from then on the tree holds still.
 *
 * Pipes and every `.git` in the tree are removed first. git would wait for the one; it would look into the
 * others at the paths of submodules and run the filters that their configuration names; without them, a
 * repository that the task made is kept as plain files.
 *
 * @param limits what a task may add
 * @param said what the task's agent said last; it becomes the message of the commit
 * @throws PREFISH_NO_SPACE, PREFISH_GIT_FAILED
 */
export async function keepResult(
  repositories: Repositories,
  workspace: Workspace,
  { request, attempt }: Claim,
  said: string,
  limits: TreeLimits,
  signal?: AbortSignal,
): Promise<KeptResult> {
  const { gitDir, index } = workspace;
  const tree = workspace.tree.path;
  const { id, repo, snapshot, options } = request;
  const trusted: GitOptions = {
    ...gitIn(workspace.tree),
    gitDir,
    env: { GIT_INDEX_FILE: index, ...identity },
    signal,
  };
  const carried = (options.carry ?? []).map(normalizePath).filter(canGoAlong);

  await removeTraps(tree, carried, signal);
  const submodules = await submodulePaths(trusted);
  const survey = await surveyTree(tree, signal);
  const excluded = await excludedPaths(trusted, tree, [...carried, ...survey.hollow], submodules);
  // What is ignored, or was carried along, is no result anyway.
  const lacking = new Set(excluded);
  const isCarried = (path: string): boolean => carried.some((one) => `${path}/`.startsWith(`${one}/`));
  const hollow = survey.hollow.filter((path) => lacking.has(path) && !isCarried(path));
  const oversize = await findOversize(trusted, tree, { ...survey, hollow }, pathsToAdd(excluded), limits);
  if (oversize !== undefined) return { exceeded: oversize.limit, warnings: [oversize.warning] };
  const lost = await writtenSubmodules(tree, carried, submodules);
  const warnings = [
    ...(await addAll(trusted, tree, excluded)),
    ...lost.map(notKept),
    ...hollow.map(tooHollow),
  ];
  const [made, sent] = await Promise.all([
    gitLine(['write-tree'], trusted),
    gitLine(['rev-parse', `${snapshot}^{tree}`], { gitDir, signal }),
  ]);
  if (made === sent) return { warnings };

  const message = commitMessage({ id, title: request.title ?? request.line }, said);
  const commit = await gitLine(['commit-tree', made, '-p', snapshot], { ...trusted, input: message });
  await repositories.keepResult(repo, { id, attempt }, commit, signal);
  const counted = await countChanges(gitDir, snapshot, commit, signal);
  return { result: { commit, branch: `prefish/${id}`, ...counted }, warnings };
}

/** Where the snapshot has submodules, which git takes for repositories of their own. */
async function submodulePaths(trusted: GitOptions): Promise<string[]> {
  const found: string[] = [];
  const take = byRecords(0x00, (text, start, end) => {
    if (text.toString('latin1', start, start + 7) !== '160000 ') return;
    found.push(text.toString('utf8', text.indexOf(0x09, start) + 1, end));
  });
  await git(['ls-files', '--stage', '-z'], { ...trusted, take });
  return found;
}

/** The submodules into which a task wrote: they were empty when it began, but for what was carried. */
async function writtenSubmodules(
  tree: string,
  carried: readonly string[],
  submodules: readonly string[],
): Promise<string[]> {
  const written: string[] = [];
  for (const path of submodules) {
    if (!(await hasPlainParents(join(path, 'x'), tree))) continue;
    const names = await readdir(join(tree, path)).catch(() => []);
    const sent = (name: string): boolean => carried.some((one) => `${one}/`.startsWith(`${path}/${name}/`));
    if (!names.every(sent)) written.push(path);
  }
  return written;
}

function notKept(submodule: string): EventBody {
  return {
    type: 'warning',
    code: 'PREFISH_RESULT_PARTIAL',
    message: `${submodule} is a submodule: what the task wrote there was not kept`,
  };
}

function tooHollow(path: string): EventBody {
  return {
    type: 'warning',
    code: 'PREFISH_RESULT_PARTIAL',
    message: `${path} is a gigabyte or more of nearly nothing: it was not kept`,
  };
}

/** How many files of a wrong encoding are left out before git is believed that it cannot go on. */
const mostMisencoded = 20;

/** `git add -A` of all but what is excluded; what the task made unreadable is made readable once. */
async function addAll(trusted: GitOptions, tree: string, excluded: readonly string[]): Promise<EventBody[]> {
  const left = [...excluded];
  const warnings: EventBody[] = [];
  let added = await add(trusted, left, [1, 128]);
  for (let path = misencoded(added); path !== undefined; path = misencoded(added)) {
    warnings.push(notEncoded(path));
    left.push(path);
    if (warnings.length > mostMisencoded) break;
    added = await add(trusted, left, [1, 128]);
  }
  if (added.code === 0) return warnings;
  await makeReadable(tree, trusted.signal);
  const { code, stderr } = await add(trusted, left, [1]);
  if (code === 0) return warnings;
  if (diskFull.test(stderr)) throw new PrefishError('PREFISH_NO_SPACE', 'no room to keep the result');
  const said = stderr.trim().split('\n').slice(0, 5).join('; ');
  return [
    ...warnings,
    { type: 'warning', code: 'PREFISH_RESULT_PARTIAL', message: `not everything could be kept: ${said}` },
  ];
}

/** The file at which git gives up altogether: it is not in the encoding that attributes say it has in a work tree. */
function misencoded({ code, stderr }: GitOutput): string | undefined {
  if (code !== 128) return undefined;
  return /^fatal: (?:BOM is (?:required|prohibited) in|failed to encode) '(.+?)' (?:if encoded|from )/m.exec(
    stderr,
  )?.[1];
}

function notEncoded(path: string): EventBody {
  return {
    type: 'warning',
    code: 'PREFISH_RESULT_PARTIAL',
    message: `${path} was not kept: it is not in the encoding that .gitattributes gives it`,
  };
}

async function add(
  trusted: GitOptions,
  excluded: readonly string[],
  answers: readonly number[],
): Promise<GitOutput> {
  const args = ['add', '-A', '--ignore-errors', '--', ...pathsToAdd(excluded)];
  return git(args, { ...trusted, answers });
}

function pathsToAdd(excluded: readonly string[]): readonly string[] {
  return [':(top)', ...excluded.map((path) => `:(top,exclude,literal)${path}`)];
}

/**
 * What git has to be told to leave out. It complains about paths that are ignored, behind a link or in a
 * submodule, even when they are to be left out; it does not go there anyway.
 */
async function excludedPaths(
  trusted: GitOptions,
  tree: string,
  carried: readonly string[],
  submodules: readonly string[],
): Promise<string[]> {
  if (carried.length === 0) return [];
  const excluded: string[] = [];
  for (const path of carried) {
    const inSubmodule = submodules.some((submodule) => path.startsWith(`${submodule}/`));
    if (!inSubmodule && (await hasPlainParents(path, tree))) excluded.push(path);
  }
  const ignored = await git(['check-ignore', '-z', '--stdin'], {
    ...trusted,
    input: excluded.map((path) => `${path}\0`).join(''),
    answers: [1],
  });
  const names = new Set(ignored.stdout.toString('utf8').split('\0'));
  return excluded.filter((path) => !names.has(path));
}
