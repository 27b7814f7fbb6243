import { expect, test } from 'vitest';
import { findFolders } from '../../src/folders.ts';
import { newSocketPath, socketPath } from '../../src/server/location.ts';

const at = (home: string): string =>
  newSocketPath(findFolders({ PREFISH_HOME: home }), { XDG_RUNTIME_DIR: '/run/user/1' });

test('each data folder has a socket of its own, with a path short enough for any platform', () => {
  const long = `/${'a'.repeat(300)}`;
  expect(at(long)).not.toBe(at('/other'));
  expect(at(long)).toBe(at(long));
  expect(at(long)).toMatch(/^\/run\/user\/1\/prefish\/[0-9a-f]{16}\.sock$/);
});

test('without a runtime folder it lies in a folder of the user in the temporary one', () => {
  expect(newSocketPath(findFolders({ PREFISH_HOME: '/x' }), {})).toContain(`/prefish-${process.getuid?.()}/`);
});

test('where no server has noted its socket, it is the one that a new server would take', () => {
  const folders = findFolders({ PREFISH_HOME: '/nowhere' });
  expect(socketPath(folders)).toBe(newSocketPath(folders));
});
