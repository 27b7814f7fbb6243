import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Outcome, RunContext } from '@prefish/core';
import { findProgram } from '@prefish/processes';
import { PrefishError, type Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { requestPage, type Forge } from './forge.ts';
import { pushBranch, type Pushed, type PushOptions } from './push-result.ts';

const run = promisify(execFile);

/** The options of `pr`. */
export interface RequestOptions extends PushOptions {
  readonly title?: string | undefined;
}

type Tool = 'gh' | 'glab';
type Environment = Readonly<Record<string, string>>;

/**
 * Pushes what a task changed, and asks for it to be merged: with `gh` or `glab` where they are installed, by push
 * options on GitLab, else by the page to open. Each has the user's own credentials; prefish has none.
 *
 * @throws PREFISH_PUBLISH_FAILED where `gh` or `glab` failed, the branch pushed; what {@link pushBranch} throws
 */
export async function openRequest(
  services: Services,
  task: Task,
  options: RequestOptions,
  context: RunContext,
): Promise<Outcome> {
  const { env } = context;
  const hasGlab = findProgram('glab', env['PATH']) !== undefined;
  const target = task.base?.branch ?? null;
  const pushed = await pushBranch(services, task, options, context, (place, message) =>
    place?.forge === 'gitlab' && !hasGlab
      ? [
          'merge_request.create',
          ...(target === null ? [] : [`merge_request.target=${target}`]),
          `merge_request.title=${options.title ?? titleOf(message)}`,
        ]
      : [],
  );
  const { place, branch, remote, commit } = pushed;
  const tool = await toolFor(place?.forge, place?.host, env);
  const url =
    tool === undefined
      ? (pushed.answered ?? (place && requestPage(place, branch, target)))
      : await askTool(tool, pushed, target, options.title, context);
  const how = tool === undefined ? 'Open it there' : 'Asked for it to be merged';
  const noPage =
    place === undefined
      ? `${remote} is a path, which has no page to ask on for it to be merged`
      : `ask on the page of ${place.host} for it to be merged`;
  const message = url === undefined ? `pushed to ${remote} as ${branch}; ${noPage}` : `${how}: ${url}`;
  return {
    type: 'ok',
    message: printable(message),
    data: {
      pushed: true,
      opened: tool !== undefined,
      remote,
      branch,
      commit,
      ...(url === undefined ? {} : { url }),
    },
  };
}

/** What of the tools knows the host. `gh auth token` says so without asking anybody. */
async function toolFor(
  forge: Forge | undefined,
  host: string | undefined,
  env: Environment,
): Promise<Tool | undefined> {
  const path = env['PATH'];
  if (host === undefined) return undefined;
  if (forge === 'gitlab') return findProgram('glab', path) !== undefined ? 'glab' : undefined;
  if ((forge !== 'github' && forge !== 'unknown') || findProgram('gh', path) === undefined) return undefined;
  return run('gh', ['auth', 'token', '--hostname', host], { env: { ...env } }).then(
    () => 'gh',
    () => undefined,
  );
}

async function askTool(
  tool: Tool,
  { found, branch, message }: Pushed,
  target: string | null,
  title: string | undefined,
  { env, signal }: RunContext,
): Promise<string | undefined> {
  const text = { title: title ?? titleOf(message), body: bodyOf(message) };
  const args =
    tool === 'gh'
      ? ['pr', 'create', '--head', branch, ...(target === null ? [] : ['--base', target])]
      : [
          'mr',
          'create',
          '--yes',
          '--source-branch',
          branch,
          ...(target === null ? [] : ['--target-branch', target]),
        ];
  const described = tool === 'gh' ? '--body' : '--description';
  try {
    const { stdout } = await run(tool, [...args, '--title', text.title, described, text.body], {
      cwd: found.tree.root,
      env: { ...env, GH_PROMPT_DISABLED: '1', NO_PROMPT: '1', NO_COLOR: '1' },
      signal,
    });
    return /https?:\/\/\S+/.exec(stdout)?.[0];
  } catch (cause) {
    signal.throwIfAborted();
    const { stderr = '' } = cause as { readonly stderr?: string };
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw new PrefishError(
      'PREFISH_PUBLISH_FAILED',
      printable(`The branch ${branch} was pushed; ${tool} did not ask for it to be merged: ${said}`),
      { hint: `${tool} auth login, or open the page of the repository`, cause },
    );
  }
}

/** The first line of a message. */
function titleOf(message: string): string {
  return message.split('\n', 1)[0]!.slice(0, 200);
}

function bodyOf(message: string): string {
  return message.split('\n').slice(1).join('\n').trim();
}
