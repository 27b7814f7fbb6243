import { definePlugin } from '@prefish/core';

export default definePlugin({
  name: 'prefish-plugin-example',
  api: '^1',
  setup(shell) {
    shell.prefix({
      id: 'example-id',
      token: '%%',
      summary: 'Say it loudly',
      examples: ['%% hello', '%% --times 3 hurray'],
      args: { times: { type: 'string', placeholder: 'N', summary: 'How often' } },
      run(body, { out }, { times = '1' }) {
        for (let time = 0; time < Number(times); time++) out.line(`${body.toUpperCase()}!`);
        return { type: 'ok' };
      },
    });
  },
});
