import { expect, test } from 'vitest';
import { usersNodePath } from '../src/users-node-path.ts';

test('of NODE_PATH what is the user’s is left, without the folders of the launcher that pnpm made', () => {
  const inClone = '/clone/packages/cli/dist/main.mjs';
  const shim = '/clone/node_modules/.bin/../.pnpm/node_modules';
  expect(usersNodePath(undefined, inClone)).toBeUndefined();
  expect(usersNodePath(shim, inClone)).toBeUndefined();
  expect(usersNodePath(`${shim}:/mine:/other/node_modules/.pnpm/node_modules`, inClone)).toBe(
    '/mine:/other/node_modules/.pnpm/node_modules',
  );
  expect(usersNodePath('/mine:', inClone)).toBe('/mine:');
  const installed = '/home/me/app/node_modules/.pnpm/prefish@1.0.0/node_modules/prefish';
  const ofInstalled = [`${installed}/bin/node_modules`, '/home/me/app/node_modules/.pnpm/node_modules'];
  expect(usersNodePath([...ofInstalled, '/mine'].join(':'), `${installed}/dist/main.mjs`)).toBe('/mine');
});
