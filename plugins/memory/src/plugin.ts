import manifest from '../package.json' with { type: 'json' };
import { definePlugin, type Completion, type PluginFactory, type RunContext } from '@prefish/core';
import type { NoteStore } from './notes/note-store.ts';
import { optionsSchema } from './options.ts';
import type { TargetChooser } from './targets/choose-target.ts';

/** The prefix `#`, which adds one note to a memory file, and the command `memory`. */
export const memory: PluginFactory<typeof optionsSchema> = definePlugin({
  name: '@prefish/plugin-memory',
  version: manifest.version,
  api: '^1',
  options: optionsSchema,
  setup(shell) {
    const settings = shell.options;
    // Loaded with the first note: most lines are none, and need not wait for it.
    let loadedStore: NoteStore | undefined;
    const openStore = async (): Promise<NoteStore> =>
      (loadedStore ??= new (await import('./notes/note-store.ts')).NoteStore(settings.folders.state));
    let loadedChooser: TargetChooser | undefined;
    const openChooser = async (): Promise<TargetChooser> =>
      (loadedChooser ??= new (await import('./targets/choose-target.ts')).TargetChooser(settings));
    const list = async (context: RunContext) => {
      const { listFiles } = await import('./commands/list-files.ts');
      return listFiles((await openChooser()).current(context).path, settings.section, context);
    };

    shell.prefix({
      id: 'memory',
      token: '#',
      summary: 'Note something in a memory file, for agents to read',
      examples: ['# Run the tests with npm test -- --run', '# --to user Answer in short sentences'],
      args: {
        to: { type: 'string', placeholder: 'PLACE', summary: 'project, local, user or a Markdown file' },
        ask: { type: 'boolean', summary: 'Choose the file from a list' },
        preview: { type: 'boolean', summary: 'Show what would be written, and write nothing' },
      },
      async run(body, context, wish) {
        const { takeNote } = await import('./commands/take-note.ts');
        const [store, chooser] = await Promise.all([openStore(), openChooser()]);
        return takeNote(body, wish, context, { store, chooser, settings });
      },
      complete: completeOptions,
    });

    shell.command({
      name: 'memory',
      summary: 'The memory files that apply here',
      examples: ['prefish memory', 'prefish memory open user', 'prefish memory undo'],
      subcommands: [
        {
          name: 'ls',
          summary: 'List the memory files that apply here, and what they import',
          run: (_args, context) => list(context),
        },
        {
          name: 'open',
          summary: 'Open a memory file in your editor',
          positionals: [{ name: 'FILE', optional: true }],
          async run({ positionals: [file] }, context) {
            const { findTarget } = await import('./targets/find-target.ts');
            const { openFile } = await import('./commands/open-file.ts');
            const chooser = await openChooser();
            return openFile(
              (file === undefined ? chooser.current(context) : findTarget(file, context)).path,
              context,
            );
          },
        },
        {
          name: 'undo',
          summary: 'Take the last note back',
          async run(_args, context) {
            const { displayPath, repositoryRoot } = await import('./targets/target.ts');
            const store = await openStore();
            const undone = await store.undo(repositoryRoot(context.cwd), context.signal);
            const name = displayPath(undone.path, context);
            return { type: 'ok', message: `taken back from ${name}: ${undone.note}`, data: undone };
          },
        },
      ],
      run: (_args, context) => list(context),
      complete: (word) => complete(word, { ls: '', open: '', undo: '', ...places }),
    });
  },
});

const places = { project: 'this project', local: 'this project, you alone', user: 'all your projects' };

function completeOptions(body: string, cursor: number): readonly Completion[] {
  const before = body.slice(0, cursor);
  const place = /^(?:--\S+[ \t]+)*--to[ \t]+(\S*)$/.exec(before)?.[1];
  if (place !== undefined) return complete(place, places);
  const option = /^(?:--\S+[ \t]+)*(--\S*)$/.exec(before)?.[1];
  return option === undefined ? [] : complete(option, { '--to': 'PLACE', '--ask': '', '--preview': '' });
}

function complete(word: string, offers: Readonly<Record<string, string>>): readonly Completion[] {
  return Object.entries(offers)
    .filter(([insert]) => insert.startsWith(word))
    .map(([insert, detail]) => (detail === '' ? { insert } : { insert, detail }));
}
