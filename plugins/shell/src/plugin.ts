import manifest from '../package.json' with { type: 'json' };
import { definePlugin, PrefishError, type Outcome, type PluginFactory, type RunContext } from '@prefish/core';
import { LineRunner } from './line-runner.ts';

/**
 * The prefixes `!` and `!!`: the line runs in the user's own shell, here. Folder, exported variables
 * and, with bash and zsh, aliases, functions and options last to the next line.
 */
export const shell: PluginFactory<undefined> = definePlugin({
  name: '@prefish/plugin-shell',
  version: manifest.version,
  api: '^1',
  setup(shell) {
    const runner = new LineRunner();
    const run =
      (token: string) =>
      (body: string, context: RunContext): Promise<Outcome> => {
        if (body.trim() === '') {
          throw new PrefishError('PREFISH_USAGE', `There is no command after ${token}.`, {
            hint: `Try ${token}ls`,
          });
        }
        return runner.run(body, context, token === '!!');
      };
    shell.prefix({
      id: 'shell',
      token: '!',
      summary: 'Run a command in your shell, here',
      examples: ['!git status', '!cd packages', '!vim notes.md'],
      sticky: true,
      run: run('!'),
    });
    shell.prefix({
      id: 'shell-private',
      token: '!!',
      summary: 'Run a command in your shell, and keep its output from the agent',
      examples: ['!!cat .env'],
      sticky: true,
      run: run('!!'),
    });
    return () => runner.close();
  },
});
