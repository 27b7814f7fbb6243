import manifest from '../package.json' with { type: 'json' };
import {
  definePlugin,
  isPrefishError,
  pass,
  PrefishError,
  type PluginFactory,
  type RunContext,
} from '@prefish/core';
import { keysCommand } from './keys/command.ts';
import type { Messenger } from './messenger.ts';
import { optionsSchema } from './options.ts';
import { PendingContext } from './context/pending-context.ts';

/**
 * Plain text goes to a coding agent. Everything that talks to one is loaded with the first message.
 */
export const agent: PluginFactory<typeof optionsSchema> = definePlugin({
  name: '@prefish/plugin-agent',
  version: manifest.version,
  api: '^1',
  options: optionsSchema,
  setup(shell) {
    const pending = new PendingContext();
    let loaded: Promise<Messenger> | undefined;
    let isMissingTold = false;
    const messenger = (): Promise<Messenger> =>
      (loaded ??= import('./messenger.ts').then(({ Messenger }) => new Messenger(shell.options, pending)));

    if (shell.options.announce === true && shell.options.resume !== undefined) {
      // The plugins behind this one bring the tasks that may be meant.
      const announcing = setImmediate(() => void messenger().then((own) => own.announce(shell)));
      shell.signal.addEventListener('abort', () => clearImmediate(announcing), { once: true });
    }

    shell.hooks.settled.tap('context of the next message', (route, result) => pending.settled(route, result));
    shell.prefix({
      id: 'agent',
      token: '',
      summary: 'Tell the agent',
      examples: ['explain the failing test', 'tidy up @src/parse.ts'],
      teleport: {
        label: (body) => body.trim().split('\n')[0]!,
        network: 'allowlist',
        repeatable: true,
        contained: true,
        messages: true,
        async prepare(body, context, earlier) {
          checkForShell(body, context);
          return (await messenger()).prepare(body, context, earlier).catch((error: unknown) => {
            throw isPrefishError(error) && error.code === 'PREFISH_AGENT_MISSING'
              ? nobodyThere(body, error)
              : error;
          });
        },
      },
      async run(body, context) {
        checkForShell(body, context);
        try {
          return await (await messenger()).send(body, context);
        } catch (error) {
          // Nobody takes it: then the shell may know which command was meant.
          if (!isPrefishError(error) || error.code !== 'PREFISH_AGENT_MISSING') throw error;
          if (body.startsWith('/')) return pass;
          const isTold = isMissingTold;
          isMissingTold = true;
          throw isTold ? stillMissing(error) : error;
        }
      },
      complete: async (body) => (loaded === undefined ? [] : (await loaded).complete(body)),
    });
    shell.command({
      name: 'clear',
      summary: 'Begin a new conversation with the agent',
      run: async () => (await messenger()).clear(),
    });
    shell.command({
      name: 'agent',
      summary: 'Say which agent takes your messages, or choose another',
      positionals: [{ name: 'NAME', optional: true }],
      run: async ({ positionals: [name] }, context) => {
        const { show, choose } = await import('./commands.ts');
        return name === undefined
          ? show(await messenger(), context)
          : choose(name, await messenger(), context);
      },
    });
    shell.command({
      name: 'context',
      summary: 'Show what goes along with the next message to the agent',
      subcommands: [
        {
          name: 'drop',
          summary: 'Send nothing along',
          run() {
            const { length } = pending.entries;
            pending.drop();
            return { type: 'ok', message: length === 0 ? 'there was nothing to drop' : `dropped ${length}` };
          },
        },
      ],
      run: async (_args, { cwd }) => {
        const { showContext } = await import('./commands.ts');
        return showContext(pending.entries, loaded === undefined ? 0 : await (await loaded).carried(cwd));
      },
    });
    shell.command(keysCommand(shell.options));
    return async () => (await loaded)?.close();
  },
});

/** That no agent takes a teleported line: whoever has none meant a command, more often than not. */
function nobodyThere(body: string, cause: PrefishError): PrefishError {
  const line = body.trim().split('\n')[0]!;
  const message = `“${line}” is for a coding agent, and none was found; nothing was sent`;
  const hint = `To run it as a command: & !${line}. prefish agent says which agents there are, and how to get one.`;
  return new PrefishError('PREFISH_AGENT_MISSING', message, { hint, cause });
}

/** Once it has been said which agents were looked for, and how to get one. */
function stillMissing(cause: PrefishError): PrefishError {
  return new PrefishError('PREFISH_AGENT_MISSING', 'There is still no coding agent for plain text', {
    hint: 'prefish agent says how to get one; ! & ! and # work without.',
    cause,
  });
}

/** Refuses what was meant for the shell: its words for leaving, the bare name of a command, a prefix behind a space. */
function checkForShell(body: string, { shell }: RunContext): void {
  const line = body.trim();
  const refuse = (hint: string): never => {
    throw new PrefishError('PREFISH_USAGE', `“${line}” was not sent to the agent`, { hint });
  };
  if (line === '') throw new PrefishError('PREFISH_USAGE', 'The message is empty');
  if (/^(exit|quit|logout)$/.test(line)) refuse('Ctrl+D, or the end of a script, leaves the shell.');
  if (shell.commands.some(({ name }) => name === line)) refuse(`Did you mean /${line}?`);
  const isIndented = /^\s/.test(body) && !line.includes('\n');
  if (isIndented && shell.prefixes.some(({ token }) => token !== '' && line.startsWith(token))) {
    refuse(`A prefix counts only where nothing stands before it: ${line}`);
  }
}
