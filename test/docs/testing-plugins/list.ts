import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { definePlugin } from '@prefish/core';

export default definePlugin({
  name: 'prefish-plugin-list',
  api: '^1',
  setup(shell) {
    shell.prefix({
      id: 'list',
      token: '+',
      summary: 'Put something on the list',
      async run(body, { cwd }) {
        await appendFile(resolve(cwd, 'list.txt'), `${body}\n`);
        return { type: 'ok', message: `on the list: ${body}` };
      },
    });
    shell.command({
      name: 'list',
      summary: 'Show the list',
      args: { clear: { type: 'boolean', summary: 'Empty it' } },
      async run({ values }, { cwd, ask, out }) {
        const file = resolve(cwd, 'list.txt');
        if (!values.clear) out.write(await readFile(file, 'utf8'));
        else if (await ask.confirm('Empty the list?')) await writeFile(file, '');
        return { type: 'ok' };
      },
    });
  },
});
