import { defineCommand, type Command, type Outcome, type RunContext } from '@prefish/core';
import type { Folders } from '../../folders.ts';
import { makeUsable } from '../../usable-folders.ts';

/** `login`, `logout`, `whoami` and `logins`. `chosen`: the server that lines go to which do not say where. */
export function loginCommands(folders: Folders, chosen: string | undefined): readonly Command[] {
  return [
    {
      name: 'login',
      summary: 'Log in to another machine: ssh://[USER@]HOST, or https://HOST with a one-time code',
      positionals: [{ name: 'URL', optional: true }],
      examples: ['prefish login ssh://devbox'],
      run: async ({ positionals: [url = chosen] }, context) => {
        makeUsable(folders);
        const { login, whichServer } = await import('./login.ts');
        return login(folders, whichServer(url), chosen, context);
      },
    },
    {
      name: 'logout',
      summary: 'Revoke the token for another machine, and forget both',
      positionals: [{ name: 'URL', optional: true }],
      run: async ({ positionals: [url] }, context) =>
        (await import('./logout.ts')).logout(folders, url, context),
    },
    {
      name: 'whoami',
      summary: 'List the other machines that lines can go to, and who you are there',
      run: async (_, { signal }) => (await import('./whoami.ts')).whoami(folders, chosen, signal),
    },
    {
      name: 'logins',
      summary: 'List what is logged in to your accounts on other machines; end what should not be',
      subcommands: [
        { name: 'ls', summary: 'List them, with their ids', run: list },
        defineCommand({
          name: 'revoke',
          summary: 'End another login, from now on; what it submitted runs on',
          positionals: [{ name: 'ID', optional: true }],
          args: {
            others: {
              type: 'boolean',
              summary: 'End every login but the one that asks: that of PREFISH_TOKEN, or of this machine',
            },
          },
          examples: ['prefish logins revoke 3f0c12ab34cd56ef', 'prefish logins revoke --others'],
          run: async ({ positionals: [id], values: { others = false } }, context) =>
            (await import('./logins.ts')).revokeLogins(folders, chosen, { id, others }, context),
        }),
      ],
      run: list,
    },
  ];

  async function list(_: unknown, context: RunContext): Promise<Outcome> {
    return (await import('./logins.ts')).listLogins(folders, chosen, context);
  }
}
