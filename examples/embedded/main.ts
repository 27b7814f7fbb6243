/** `node main.ts '= 1 2 3'` answers 6: a program with a prefix of its own, and nothing else of a shell. */
import { createShell, definePlugin, exitCodeOf, PrefishError } from '@prefish/core';

const sums = definePlugin({
  name: 'sums',
  api: '^1',
  setup(shell) {
    shell.prefix({
      id: 'sum',
      token: '=',
      summary: 'Add numbers',
      run(body) {
        const sum = body.split(' ').reduce((total, word) => total + Number(word), 0);
        if (Number.isNaN(sum)) throw new PrefishError('PLUGIN_SUMS_NUMBER', `Not only numbers: ${body}`);
        return { type: 'ok', data: sum };
      },
    });
  },
});

const shell = await createShell({ plugins: [sums()] });
const { result, exit } = await shell.submit(process.argv[2] ?? '');
await shell.close();

if (result instanceof Error) console.error(result.message);
else if (result.type === 'ok') console.log(result.data);
process.exitCode = exitCodeOf(exit);
