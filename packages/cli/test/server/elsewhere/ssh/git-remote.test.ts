import { expect, test } from 'vitest';
import { gitRemote } from '../../../../src/server/elsewhere/ssh/git-remote.ts';

const folders = { config: '/c', data: '/d', state: '/s', cache: '/k' } as never;
const address = {
  kind: 'ssh',
  url: 'ssh://devbox',
  place: 'devbox',
  user: undefined,
  host: 'devbox',
  port: undefined,
} as const;

test('a folder there becomes a URL, whatever is in its name', () => {
  expect(gitRemote(folders, address, '/home/a b/ä#1?/x%.git')).toMatchObject({
    url: 'ssh://devbox/home/a%20b/%C3%A4%231%3F/x%25.git',
    env: { GIT_SSH_VARIANT: 'ssh' },
  });
});

test.each([
  '--upload-pack=touch /tmp/x',
  'relative/x.git',
  '/home/../../etc',
  '/~root/x.git',
  '/home/x\n.git',
  '/home//x.git',
  'ext::sh -c x',
  '',
])('what no server of prefish says is not given to git: %j', (folder) => {
  expect(() => gitRemote(folders, address, folder)).toThrow(
    expect.objectContaining({ code: 'PREFISH_SERVER_ANSWER' }),
  );
});
