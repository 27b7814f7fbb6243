import { mkdirSync, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, accountsPath } from '@prefish/server';
import { expect, test } from 'vitest';
import { addUser, listUsers, showAudit, tokenForUser } from '../../../src/commands/users/users.ts';
import type { Folders } from '../../../src/folders.ts';

/** A server’s folder of the test’s own. */
function place() {
  const root = mkdtempDisposableSync(join(tmpdir(), 'prefish-users-'));
  const folders = { data: root.path } as Folders;
  const data = join(root.path, 'server');
  return {
    folders,
    at: { data, cwd: root.path },
    async accounts<T>(job: (accounts: Accounts) => Promise<T>): Promise<T> {
      const accounts = new Accounts(accountsPath(data));
      try {
        return await job(accounts);
      } finally {
        await accounts.close();
      }
    },
    [Symbol.dispose]: () => root.remove(),
  };
}

test('an account may be added that only looks', async () => {
  using server = place();
  const { data } = (await addUser(server.folders, server.at, 'monitor', 'read')) as {
    data: { code: string };
  };
  const grant = await server.accounts((accounts) => accounts.login(data.code, 'laptop'));
  expect(grant).toMatchObject({ account: 'monitor', scope: 'read' });
  await expect(addUser(server.folders, server.at, 'other', 'write')).rejects.toMatchObject({
    code: 'PREFISH_USAGE',
  });
});

test('a token for a program is printed alone, only looks, and is in the audit without its secret', async () => {
  using server = place();
  await addUser(server.folders, server.at, 'monitor');
  const { message } = (await tokenForUser(server.folders, server.at, 'monitor')) as { message: string };
  expect(await server.accounts((accounts) => accounts.verify(message))).toMatchObject({
    account: 'monitor',
    scope: 'read',
  });
  const audit = (await showAudit(server.folders, server.at, 'monitor')) as { message: string };
  expect(audit.message).toMatch(/token\.issued .*read/);
  expect(audit.message).not.toContain(message);
  await expect(tokenForUser(server.folders, server.at, 'nobody')).rejects.toMatchObject({
    code: 'PREFISH_ACCOUNT_NOT_FOUND',
  });
});

test('what names a server, or an account, that is not there says how to go on', async () => {
  using server = place();
  const { folders, at } = server;
  await expect(listUsers(folders, at)).rejects.toMatchObject({
    code: 'PREFISH_FOLDER_UNUSABLE',
    hint: expect.stringContaining(`prefish users add NAME --data ${at.data} `),
  });
  await addUser(folders, at, 'ada');
  await expect(showAudit(folders, at, 'nobody')).rejects.toMatchObject({ code: 'PREFISH_ACCOUNT_NOT_FOUND' });
  expect(await showAudit(folders, at, 'ada')).toMatchObject({
    message: expect.stringContaining('account.added'),
  });
});

test('a server without accounts is told with the command that adds one to it', async () => {
  using server = place();
  mkdirSync(server.at.data);
  await server.accounts(async () => {});
  expect(await listUsers(server.folders, server.at)).toMatchObject({
    message: `There are no accounts; prefish users add NAME --data ${server.at.data} adds one.`,
  });
});
