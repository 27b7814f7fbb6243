import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

/** A plugin that answers with what `words.ts` beside it says; `> wait FILE` waits for a file first. */
function plugin(mark: string, more = ''): string {
  return `
    import { existsSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { definePlugin } from '@prefish/core';
    import { word } from './words.ts';
    export default definePlugin({
      name: 'prefish-plugin-notes', api: '^1',
      setup(shell) {
        ${more}
        shell.prefix({ id: 'notes', token: '>', summary: 'Notes', async run(body, { out, signal }) {
          const [, file] = body.split(' ');
          if (file) out.line('waiting ${mark}');
          while (file && !existsSync(file)) await delay(10, undefined, { signal });
          out.line(\`${mark} \${word} \${body}\`);
          return { type: 'ok' };
        } });
      },
    });`;
}

test('a plugin is loaded anew when its files change, and the old one stays where the new one cannot be loaded', async () => {
  await using home = await sandboxHome();
  const file = (name: string): string => join(home.home, name);
  await writeFile(file('words.ts'), 'export const word: string = "red";');
  await writeFile(file('notes.ts'), plugin('one'));
  await using terminal = openTerminal(home, ['--plugin', 'notes.ts', '--watch'], { columns: 120, rows: 50 });
  const submit = (line: string): void => terminal.type(`${line}${keys.enter}`);

  submit('> first');
  await terminal.shows('one red first');

  await writeFile(file('words.ts'), 'export const word: string = "green";');
  await terminal.shows(/notes\.ts reloaded \(\d+ ms\)/);
  submit('> second');
  await terminal.shows('one green second');

  // As editors do it: another file takes the place of the old one.
  await writeFile(file('new.ts'), plugin('two'));
  await rename(file('new.ts'), file('notes.ts'));
  await until(() => terminal.screen().match(/reloaded/g)?.length === 2, 'the second notice');
  submit('> third');
  await terminal.shows('two green third');

  await writeFile(file('words.ts'), 'export const word: string = ;');
  await terminal.shows(/notes\.ts was not reloaded: [^]*The one before goes on/);
  submit('> fourth');
  await terminal.shows('two green fourth');
  await writeFile(file('words.ts'), 'export const word: string = "blue";');
  await until(() => terminal.screen().match(/reloaded \(/g)?.length === 3, 'the third notice');

  await writeFile(file('notes.ts'), plugin('bad', 'throw new Error("no setup");'));
  await terminal.shows(/was not reloaded: [^]*no setup/);
  submit('> fifth');
  await terminal.shows('two blue fifth');

  submit(`> sixth ${file('go')}`);
  await terminal.shows('waiting two');
  await writeFile(file('notes.ts'), plugin('three'));
  await writeFile(file('go'), '');
  await terminal.shows('two blue sixth');
  await until(() => terminal.screen().match(/reloaded \(/g)?.length === 4, 'the fourth notice');
  submit('> seventh');
  await terminal.shows('three blue seventh');

  terminal.type(keys.endOfInput);
  expect(await terminal.ended).toBe(0);
});

test.each([
  ['a line', ['-c', '!true', '--plugin', 'notes.ts', '--watch']],
  ['a script', ['--plugin', 'notes.ts', '--watch']],
  ['JSON', ['--json', '--plugin', 'notes.ts', '--watch']],
  ['a command', ['--plugin', 'notes.ts', '--watch', 'plugins']],
])('%s cannot be watched', async (_, args) => {
  await using home = await sandboxHome();
  const run = await home.prefish(args);
  expect(run.code).toBe(2);
  expect(`${run.stdout}${run.stderr}`).toContain('--watch is for the interactive shell');
});

test('there has to be a file to watch', async () => {
  await using home = await sandboxHome();
  await using terminal = openTerminal(home, ['--watch'], { columns: 120 });
  expect(await terminal.ended).toBe(2);
  expect(terminal.screen()).toContain('--watch needs a file to watch');
});
