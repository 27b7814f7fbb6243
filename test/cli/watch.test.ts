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

test('what is saved while the shell starts is seen; a name of others is left to them; a lost token is said', async () => {
  await using home = await sandboxHome();
  const file = (name: string): string => join(home.home, name);
  const named = (name: string, token: string, more = ''): string => `
    import { writeFileSync } from 'node:fs';
    import { definePlugin } from '@prefish/core';
    ${more}
    export default definePlugin({ name: '${name}', api: '^1', setup(shell) {
      shell.prefix({ id: '${name}', token: '${token}', summary: '', run: (body, { out }) => {
        out.line('${name} ${token} ' + body);
        return { type: 'ok' };
      } });
    } });`;
  const save = (name: string, text: string): Promise<void> => writeFile(file(name), text);
  // It writes its own next version while it is imported, as somebody may who saves at that moment.
  const next = JSON.stringify(named('one', '>'));
  await save('one.ts', named('one', '^', `writeFileSync(import.meta.filename, ${next});`));
  await save('two.ts', named('two', '%'));
  const args = ['--plugin', 'one.ts', '--plugin', 'two.ts', '--watch'];
  await using terminal = openTerminal(home, args, { columns: 120, rows: 50 });
  const submit = (line: string): void => terminal.type(`${line}${keys.enter}`);
  await terminal.shows(/one\.ts reloaded \(\d+ ms\); its tokens are > now, and no longer \^/);
  submit('> first');
  await terminal.shows('one > first');

  await save('one.ts', named('two', '>'));
  await terminal.shows(
    /one\.ts was not reloaded: another plugin named two is loaded\. The one before goes on/,
  );
  submit('> second');
  await terminal.shows('one > second');
  submit('% third');
  await terminal.shows('two % third');

  await save('one.ts', named('one', '>').replace('shell.prefix', 'throw Error("bad"); shell.prefix'));
  await terminal.shows(/was not reloaded: [^]*bad/);
  expect(terminal.screen().match(/bad/g)).toHaveLength(1);
  await save('two.ts', named('two', '%', 'throw Error("worse");'));
  await terminal.shows(/two\.ts was not reloaded: [^]*worse/);
  submit('> fourth');
  await terminal.shows('one > fourth');
});

test('what could not be loaded at the start is loaded once it is mended, and nothing is refused for it then', async () => {
  await using home = await sandboxHome();
  await writeFile(join(home.home, 'words.ts'), 'export const word: string = "red";');
  await writeFile(join(home.home, 'notes.ts'), 'throw new Error("not yet");');
  await using terminal = openTerminal(home, ['--plugin', 'notes.ts', '--watch'], { columns: 120, rows: 50 });
  await terminal.shows('not yet');
  terminal.type(`hello${keys.enter}`);
  await terminal.shows('the line may be meant for it');
  await writeFile(join(home.home, 'notes.ts'), plugin('one'));
  await terminal.shows('notes.ts reloaded');
  terminal.type(`> first${keys.enter}`);
  await terminal.shows('one red first');
  terminal.type(`/plugins${keys.enter}`);
  await terminal.shows('prefixes > notes');
  expect(terminal.screen()).not.toContain('not loaded:');
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
