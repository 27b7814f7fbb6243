import { expect, test } from 'vitest';
import { taskConfiguration } from '../../src/server/task-configuration.ts';

test('a task sees which plugins and prefixes there are, and nothing else of a configuration', () => {
  const agent = { command: 'mine', env: { MY_TOKEN: 'hush' } };
  expect(
    taskConfiguration({
      agent,
      server: 'https://hush.example',
      allow: ['hush.example'],
      carry: ['hush'],
      plugins: [
        'one',
        ['two', { option: 1 }],
        ['three', false],
        ['@prefish/plugin-agent', { agent, tasks: { permissions: 'ask' } }],
      ],
      prefixes: { shell: '$' },
    }),
  ).toEqual({
    plugins: [
      'one',
      ['two', { option: 1 }],
      ['three', false],
      ['@prefish/plugin-agent', { tasks: { permissions: 'ask' } }],
    ],
    prefixes: { shell: '$' },
  });
});
