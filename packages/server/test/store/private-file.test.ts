import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Accounts } from '../../src/auth/accounts.ts';
import { takeServerLock } from '../../src/server-lock.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { keepPrivate } from '../../src/store/private-file.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const modesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]));

test('the databases of a folder that everybody may read are their owner’s alone, those of an earlier prefish too', async () => {
  using folder = temporaryFolder();
  chmodSync(folder.path, 0o755);
  const path = join(folder.path, 'tasks.db');
  const use = async (during: () => void): Promise<void> => {
    const release = takeServerLock(folder.path);
    const store = openSqliteStore({ path });
    const accounts = new Accounts(join(folder.path, 'accounts.db'));
    try {
      await store.submit(request(), { owner: '', place: 'here', sandbox: 'none' });
      await accounts.add('ada').catch(() => {});
      during();
    } finally {
      await accounts.close();
      await store.close();
      release();
    }
  };
  const isPrivate = (): void => {
    const modes = modesIn(folder.path);
    expect(Object.keys(modes)).toEqual(
      expect.arrayContaining(['accounts.db', 'accounts.db-wal', 'lock.db', 'tasks.db', 'tasks.db-wal']),
    );
    expect(Object.entries(modes).filter(([, mode]) => mode !== '600')).toEqual([]);
  };
  await use(() => {
    isPrivate();
    for (const name of readdirSync(folder.path)) chmodSync(join(folder.path, name), 0o644);
    // As a server that was killed leaves them to the next one.
    const next = openSqliteStore({ path });
    expect(modeOf(path)).toBe('600');
    expect(modeOf(`${path}-wal`)).toBe('600');
    void next.close();
  });
  chmodSync(path, 0o644);
  chmodSync(join(folder.path, 'accounts.db'), 0o644);
  await use(isPrivate);
});

test('a group that was let in by hand stays in, and nobody beside it', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'tasks.db');
  for (const [before, after] of [
    [0o660, '660'],
    [0o664, '660'],
    [0o640, '600'],
    [0o400, '400'],
  ] as const) {
    writeFileSync(path, '');
    chmodSync(path, before);
    keepPrivate(path);
    expect(modeOf(path)).toBe(after);
    chmodSync(path, 0o600);
  }
});
