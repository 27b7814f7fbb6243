import { resolve } from 'node:path';
import type { Command } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { makeUsable } from '../../usable-folders.ts';

const args = {
  add: {
    type: 'string',
    multiple: true,
    placeholder: 'FILE',
    summary: 'Trust this file too, which the configuration loads in a way that cannot be seen by reading it',
  },
  revoke: { type: 'boolean', summary: 'Trust the folder no longer' },
  list: { type: 'boolean', summary: 'List the folders that are trusted' },
} as const;

/** `prefish trust`: lets the configuration of a folder run code. Loads what it needs when it runs. */
export function trustCommand(folders: Folders): Command<typeof args> {
  return {
    name: 'trust',
    summary: "Show what a folder's configuration would do, and let it",
    positionals: [{ name: 'DIR', optional: true }],
    args,
    examples: ['prefish trust', 'prefish trust --revoke', 'prefish trust --list'],
    async run({ values, positionals: [folder = '.'] }, { cwd, out, ask }) {
      const { list, revoke, add = [] } = values;
      if ([list === true, revoke === true, add.length > 0].filter(Boolean).length > 1) {
        throw new PrefishError('PREFISH_USAGE', 'trust takes one of --add, --revoke and --list');
      }
      const trust = await import('./trust-folder.ts');
      if (list) return trust.listTrust(folders);
      makeUsable(folders);
      const path = resolve(cwd, folder);
      if (revoke) return trust.revokeTrust(folders, path);
      const added = add.map((file) => resolve(cwd, file));
      return trust.trustFolder(folders, path, added, { out, ask });
    },
  };
}
