import manifest from '../package.json' with { type: 'json' };
import { join } from 'node:path';
import {
  definePlugin,
  PrefishError,
  type Completion,
  type Outcome,
  type PluginFactory,
  type PluginShell,
  type RunContext,
  type Task,
  type TeleportNeeds,
} from '@prefish/core';
import { askAboutRunning } from './background/ask-about-running.ts';
import { BackgroundShells, describeEnd } from './background/background-shells.ts';
import { shellSource } from './background/shell-source.ts';
import { findShell } from './find-shell.ts';
import { LineRunner } from './line-runner.ts';
import { controlCharacter, shellOptions, type ShellOptions, type ShellOptionsSchema } from './options.ts';
import { mayGoOn } from './syntax/may-go-on.ts';

/**
 * The prefixes `!` and `!!`: the line runs in the user's own shell, here. Folder, exported variables
 * and, with bash and zsh, all other variables, aliases, functions and options last to the next line. A line that ends in `&`,
 * or a program that is sent there, goes on as a background shell among the tasks.
 */
export const shell: PluginFactory<ShellOptionsSchema> = definePlugin({
  name: '@prefish/plugin-shell',
  version: manifest.version,
  api: '^1',
  options: shellOptions,
  setup(shell) {
    const { backgroundKey = 'ctrl+b', rc = false } = shell.options;
    const key = backgroundKey === false ? undefined : controlCharacter(backgroundKey);
    const shells = backgroundShells(shell);
    const runner = new LineRunner(shells, key);
    if (rc) runner.readRc(shell);
    const run =
      (token: string) =>
      (body: string, context: RunContext): Promise<Outcome> => {
        requireCommand(token, body);
        return runner.run(body, context, token === '!!');
      };
    const isComplete = (body: string, signal: AbortSignal): boolean | Promise<boolean> =>
      !mayGoOn(body) || askShell(body, shell.session.env, signal);
    const complete = async (
      body: string,
      cursor: number,
      { cwd, env }: RunContext,
    ): Promise<readonly Completion[]> => {
      const { completeWord } = await import('./completion/complete-word.ts');
      const { dollarQuotes = false } = findShell(env).dialect;
      return completeWord(body, cursor, { cwd, env, variables: runner.variables, dollarQuotes });
    };
    const teleport = (token: string): TeleportNeeds => ({
      prepare(body) {
        requireCommand(token, body);
        return {};
      },
    });
    shell.prefix({
      id: 'shell',
      token: '!',
      summary: 'Run a command in your shell, here',
      examples: ['!git status', '!cd packages', '!vim notes.md', '!npm run dev &'],
      sticky: true,
      run: run('!'),
      teleport: teleport('!'),
      complete,
      isComplete,
    });
    shell.prefix({
      id: 'shell-private',
      token: '!!',
      summary: 'Run a command in your shell, and keep its output from the agent',
      examples: ['!!cat .env'],
      sticky: true,
      run: run('!!'),
      teleport: teleport('!!'),
      complete,
      isComplete,
    });
    if (shells !== undefined) {
      shell.tasks(shellSource(shells.records, key));
      shell.hooks.leave.tapPromise('ask about background shells', async ({ ask, out }) => {
        const { running } = shells;
        if (running.length === 0) return undefined;
        const answer = await askAboutRunning(running, ask);
        if (answer === 'end') await shells.end();
        else if (answer !== 'nobody there') {
          await shells.release();
          runner.leave();
          if (answer === 'not asked') {
            for (const { id, title } of running) out.line(`${id} goes on in the background · ${title}`);
          }
        }
        return undefined;
      });
    }
    return () => runner.close();
  },
});

function requireCommand(token: string, body: string): void {
  if (body.trim() !== '') return;
  throw new PrefishError('PREFISH_USAGE', `There is no command after ${token}.`, { hint: `Try ${token}ls` });
}

async function askShell(line: string, env: RunContext['env'], signal: AbortSignal): Promise<boolean> {
  const { isWhole } = await import('./syntax/is-whole.ts');
  return isWhole(line, findShell(env), env, signal);
}

/** Where this shell can have any. */
function backgroundShells(shell: PluginShell<ShellOptions>): BackgroundShells | undefined {
  const { holder, hangup = 'end' } = shell.options;
  if (holder === undefined || shell.dataFolder === undefined) return undefined;
  const folder = join(shell.dataFolder, 'shells');
  return new BackgroundShells({
    folder,
    holder,
    hangup,
    ended: async (task) => shell.notify(describeEnd(task, await whyFailed(join(folder, task.id), task))),
  });
}

/** The row of its output that says why a background shell failed; `''` for one that did not. */
async function whyFailed(folder: string, { state }: Task): Promise<string> {
  if (state !== 'failed') return '';
  const { tellingRow } = await import('./background/telling-row.ts');
  return tellingRow(folder);
}
