import manifest from '../package.json' with { type: 'json' };
import { relative } from 'node:path';
import { definePlugin, PrefishError, type PluginFactory, type RunContext } from '@prefish/core';
import { listFiles } from './list-files.ts';
import { defaultTarget } from './memory-files.ts';
import type { NoteStore } from './note-store.ts';
import { optionsSchema } from './options.ts';

/** The prefix `#`, which adds one note to the project's memory file, and the command `memory`. */
export const memory: PluginFactory<typeof optionsSchema> = definePlugin({
  name: '@prefish/plugin-memory',
  version: manifest.version,
  api: '^1',
  options: optionsSchema,
  setup(shell) {
    // Loaded with the first note: most lines are none, and need not wait for it.
    let store: NoteStore | undefined;
    const notes = async (): Promise<NoteStore> =>
      (store ??= new (await import('./note-store.ts')).NoteStore(shell.options.folders.state));
    shell.prefix({
      id: 'memory',
      token: '#',
      summary: 'Note something in the project’s memory file',
      examples: ['# Run the tests with npm test -- --run'],
      async run(body, context) {
        const note = checkedNote(body);
        const target = defaultTarget(context.cwd);
        const place = await (await notes()).add(target, note, context.signal);
        if (target.hiddenBy !== undefined) warnOfHiding(target.hiddenBy, context);
        const name = relative(context.cwd, place.path);
        return {
          type: 'ok',
          message: place.known
            ? `already noted in ${name}:${place.line}`
            : `noted in ${name} (line ${place.line})`,
          data: { path: place.path, line: place.line },
        };
      },
    });
    shell.command({
      name: 'memory',
      summary: 'The memory files that apply here',
      subcommands: [
        {
          name: 'ls',
          summary: 'List the memory files that apply here',
          run: (_args, context) => listFiles(context),
        },
        {
          name: 'undo',
          summary: 'Take the last note back',
          async run(_args, context) {
            const { path } = defaultTarget(context.cwd);
            const note = await (await notes()).undo(path, context.signal);
            const name = relative(context.cwd, path);
            return { type: 'ok', message: `taken back from ${name}: ${note}`, data: { path, note } };
          },
        },
      ],
      run: (_args, context) => listFiles(context),
    });
  },
});

function checkedNote(body: string): string {
  if (body.trim() === '') {
    throw new PrefishError('PREFISH_MEMORY_EMPTY', 'There is no note after the #.', {
      hint: 'For example: # Run the tests with npm test -- --run',
    });
  }
  if (body.includes('\0')) throw new PrefishError('PREFISH_USAGE', 'A note cannot hold a NUL character.');
  return body;
}

function warnOfHiding(hiddenBy: { path: string; importLine: string }, context: RunContext): void {
  const name = relative(context.cwd, hiddenBy.path);
  context.out.warn(
    'PREFISH_MEMORY_HIDDEN',
    `Claude Code reads ${name} in place of AGENTS.md, so it does not see the note.`,
    `Add this line to ${name}: ${hiddenBy.importLine}`,
  );
}
