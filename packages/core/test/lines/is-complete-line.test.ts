import { expect, test } from 'vitest';
import { plugin, startShell } from '../start-shell.ts';

const never = new Promise<boolean>(() => {});

const quotes = plugin('quotes', (shell) => {
  shell.prefix({
    id: 'quote',
    token: '+',
    summary: '',
    args: { loud: { type: 'boolean' } },
    run: () => ({ type: 'ok' }),
    isComplete: (body) => {
      if (body === 'throw') throw new Error('no idea');
      if (body === 'hang') return never;
      if (body === 'later "') return Promise.resolve(false);
      return body.split('"').length % 2 === 1;
    },
  });
  shell.prefix({ id: 'plain', token: '-', summary: '', run: () => ({ type: 'ok' }) });
});

test('the owner of a line says whether it is complete: of the body behind its options, at once where it can', async () => {
  await using t = await startShell([quotes]);
  const { shell } = t;
  expect(shell.isComplete('+ "a"')).toBe(true);
  expect(shell.isComplete('+ "a')).toBe(false);
  expect(shell.isComplete('+ --loud "a')).toBe(false);
  expect(shell.isComplete('a "', { prefix: 'quote' })).toBe(false);
  await expect(shell.isComplete('+ later "')).resolves.toBe(false);
});

test('where nobody says, or nobody can, a line is complete', async () => {
  await using t = await startShell([quotes]);
  const { shell } = t;
  for (const text of ['', '"', '- "', '/nothing "', '+ throw', '+ --nonsense "', '\\+ "']) {
    expect(shell.isComplete(text)).toBe(true);
  }
  expect(shell.isComplete('"', { prefix: 'gone' })).toBe(true);
  await expect(shell.isComplete('+ hang')).resolves.toBe(true);
});
