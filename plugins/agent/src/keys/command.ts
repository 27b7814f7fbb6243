import type { Command, RunContext } from '@prefish/core';
import type { AgentOptions } from '../options.ts';

type KeysOptions = Pick<AgentOptions, 'agent' | 'folders'>;

/** `prefish keys`: credentials of models, for tasks. */
export function keysCommand({ agent: configured, folders }: KeysOptions): Command {
  const list = async (context: RunContext) => (await load()).list(folders, configured, context);
  return {
    name: 'keys',
    rank: 2,
    summary: 'Keys of models that agents use in tasks',
    examples: ['prefish keys set anthropic', 'prefish keys ls', 'prefish keys allow codex'],
    subcommands: [
      {
        name: 'set',
        summary: 'Keep a key: asked for without showing it, or a line of standard input',
        // A value behind the name is refused by `set` itself: the shell's own error would repeat it.
        positionals: [{ name: 'NAME', variadic: true }],
        run: async ({ positionals }, context) => (await load()).set(positionals, folders, context),
        complete: completeName,
      },
      {
        name: 'ls',
        summary: 'List keys and where they count, never what they are',
        run: (_args, context) => list(context),
      },
      {
        name: 'rm',
        summary: 'Forget a key',
        positionals: [{ name: 'NAME' }],
        run: async ({ positionals: [name] }, context) => (await load()).remove(name!, folders, context),
        complete: completeName,
      },
      {
        name: 'allow',
        summary: 'Let tasks use an agent’s own login',
        positionals: [{ name: 'AGENT' }],
        run: async ({ positionals: [agent] }, context) =>
          (await load()).sayOfLogin(agent!, 'allowed', folders, context),
      },
      {
        name: 'disallow',
        summary: 'Let no task use it any more',
        positionals: [{ name: 'AGENT' }],
        run: async ({ positionals: [agent] }, context) =>
          (await load()).sayOfLogin(agent!, 'refused', folders, context),
      },
    ],
    run: (_args, context) => list(context),
  };
}

const load = (): Promise<typeof import('./run-command.ts')> => import('./run-command.ts');

async function completeName(word: string): Promise<{ insert: string }[]> {
  const { credentialVariables, shortNames } = await import('../credentials/variables.ts');
  return [...Object.keys(shortNames), ...credentialVariables.map(({ name }) => name)]
    .filter((name) => name.startsWith(word))
    .map((insert) => ({ insert }));
}
