import type { Command } from '@prefish/core';
import type { Folders } from '../../folders.ts';
import { makeUsable } from '../../usable-folders.ts';

/** `login`, `logout` and `whoami`. `chosen`: the server that lines go to which do not say where. */
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
        return login(folders, whichServer(url), context);
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
  ];
}
