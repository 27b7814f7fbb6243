import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';

test('explain says where a line would go, and what it would reach there', async () => {
  await using t = await sandboxHome();
  const explained = async (line: string, server: string): Promise<unknown> =>
    (await t.prefish(['--server', server, 'explain', line, '--json'])).json();
  expect(await explained('& !true', 'ssh://devbox')).toMatchObject({ place: 'devbox', network: 'full' });
  expect(await explained('& --server here !true', 'ssh://devbox')).toMatchObject({ place: 'this machine' });
  const said = await t.prefish(['--server', 'https://build.example.com', 'explain', '& !true']);
  expect(said.stdout).toContain('place    build.example.com, in the background');
  expect(said.stdout).toContain('network  full: every public host');
});

test('a server of a wrong name stops lines that would go there, and no other', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ a: '1' });
  const env = { PREFISH_SERVER: 'devbox' };
  const run = (line: string) => t.prefish(['-c', line], { cwd: repository.path, env });
  expect(await run('& !true')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ssh://[USER@]HOST'),
  });
  expect(await run('!echo here')).toMatchObject({ code: 0, stdout: 'here\n', stderr: '' });
  expect(await run('& --server here !true')).toMatchObject({ code: 0 });
});
