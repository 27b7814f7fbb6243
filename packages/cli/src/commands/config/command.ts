import type { Command, Outcome } from '@prefish/core';
import type { Folders } from '../../folders.ts';
import type { ShellOpening } from '../plugin.ts';

/** `prefish config`: what is configured. Works whatever is configured, and says what is wrong with it. */
export function configCommand(folders: Folders, opening: ShellOpening): Command {
  const show = async (): Promise<Outcome> =>
    (await import('./show.ts')).showConfiguration(opening.configuration);
  return {
    name: 'config',
    summary: 'What is configured, and where',
    subcommands: [
      { name: 'show', summary: 'Show every value, and where it comes from', run: show },
      {
        name: 'path',
        summary: 'Show the files that count, and where yours would be',
        run: async () => (await import('./show.ts')).showPaths(opening, folders),
      },
      {
        name: 'check',
        summary: 'Check the files that count, or one; run nothing that is not trusted',
        positionals: [{ name: 'FILE', optional: true }],
        run: async ({ positionals: [file] }, { shell }) =>
          (await import('./check.ts')).checkConfiguration(file, { opening, folders, shell }),
      },
      {
        name: 'schema',
        summary: 'Print the JSON Schema of a configuration, for editors',
        args: { path: { type: 'boolean', summary: 'Print where its file lies' } },
        run: async ({ values }) => (await import('./show.ts')).showSchema(values['path'] === true),
      },
    ],
    run: show,
  };
}
