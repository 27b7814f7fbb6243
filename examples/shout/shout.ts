import { definePlugin } from '@prefish/core';

export default definePlugin({
  name: 'prefish-plugin-shout',
  api: '^1',
  setup(shell) {
    shell.prefix({
      id: 'shout',
      token: '^',
      summary: 'Say it loudly',
      examples: ['^ hello', '^ --times 3 hurray'],
      args: { times: { type: 'string', placeholder: 'N' } },
      run(body, { out }, { times = '1' }) {
        for (let time = 0; time < Number(times); time++) out.line(`${body.toUpperCase()}!`);
        return { type: 'ok' };
      },
    });
  },
});
