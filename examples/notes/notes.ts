import { homedir } from 'node:os';
import { definePlugin, PrefishError } from '@prefish/core';
import * as z from 'zod';
import { NoteStore, type Note } from './note-store.ts';
import { reminders, timeFromNow } from './reminders.ts';

const options = z.object({
  /** The SQLite file; `~/` is the home folder. */
  file: z.string().default('~/.local/share/prefish-notes.sqlite'),
});

export default definePlugin({
  name: 'prefish-plugin-notes',
  version: '0.0.0',
  api: '^1',
  options,
  setup(shell) {
    let opened: NoteStore | undefined;
    const store = (): NoteStore =>
      (opened ??= new NoteStore(
        shell.options.file.replace(/^~(?=\/)/, () => shell.session.env['HOME'] ?? homedir()),
      ));

    shell.prefix({
      id: 'note',
      token: '>',
      summary: 'Keep a note',
      examples: ['> the cellar key hangs behind the door #home', '> --remind 10m call Ann'],
      args: { remind: { type: 'string', placeholder: 'TIME', summary: 'Remind after 30s, 10m, 2h, 1d' } },
      run(text, _context, { remind }) {
        const due = remind === undefined ? undefined : timeFromNow(remind);
        if (text.trim() === '' || (remind !== undefined && due === undefined)) {
          throw new PrefishError('PLUGIN_NOTES_USAGE', 'This is no note', {
            hint: '> --remind 10m call Ann',
            exit: 2,
          });
        }
        const { id } = store().add(text, due);
        return { type: 'ok', message: due ? `note ${id}, due ${due.toLocaleString()}` : `note ${id}` };
      },
      complete(body, cursor) {
        const tag = /#\w*$/.exec(body.slice(0, cursor))?.[0];
        if (tag === undefined) return [];
        const tags = store()
          .all()
          .flatMap(({ text }) => text.match(/#\w+/g) ?? []);
        return [...new Set(tags)].filter((known) => known.startsWith(tag)).map((insert) => ({ insert }));
      },
    });

    shell.command({
      name: 'notes',
      summary: 'Find notes',
      positionals: [{ name: 'WORD', optional: true, variadic: true }],
      examples: ['/notes', '/notes cellar'],
      run({ positionals }) {
        const found = positionals.length > 0 ? store().search(positionals.join(' ')) : store().all();
        return { type: 'ok', data: { notes: found }, message: found.map(line).join('\n') };
      },
    });

    shell.tasks(reminders(store));
    return () => opened?.close();
  },
});

function line({ id, text }: Note): string {
  return `${String(id).padStart(3)}  ${text}`;
}
