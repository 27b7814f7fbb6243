import { DatabaseSync } from 'node:sqlite';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AuditKeeper } from '../../src/auth/audit-retention.ts';
import { Accounts } from '../../src/auth/accounts.ts';
import { migrations } from '../../src/auth/accounts-file.ts';
import type { AuditAction } from '../../src/auth/audit.ts';
import { newAccounts } from '../fixtures/accounts.ts';

const day = 24 * 3600_000;

describe('the audit of a server', () => {
  const own = newAccounts();
  const actionsOf = async (account?: string): Promise<readonly AuditAction[]> =>
    (await own.accounts.audit({ account, limit: 1000 })).map(({ action }) => action);
  const record = async (action: AuditAction, account: string | undefined, times: number): Promise<void> => {
    for (let each = 0; each < times; each += 1) await own.accounts.record(action, { account });
  };

  test('keeps its lines for so many days', async () => {
    await own.accounts.add('ada');
    await record('task.submitted', 'ada', 3);
    expect(await own.accounts.trimAudit({ days: 30, lines: 100 }, Date.now() + 29 * day)).toBe(0);
    expect(await actionsOf()).toHaveLength(5);
    expect(await own.accounts.trimAudit({ days: 30, lines: 100 }, Date.now() + 31 * day)).toBe(5);
    expect(await actionsOf()).toEqual([]);
  });

  test('keeps so many lines of each account, and always who was let in', async () => {
    for (const name of ['ada', 'bob'])
      await own.accounts.login((await own.accounts.add(name)).code, 'laptop');
    await record('result.fetched', 'ada', 20);
    await record('task.submitted', 'bob', 5);
    await record('login.refused', undefined, 20);
    expect(await own.accounts.trimAudit({ days: 30, lines: 10 })).toBe(20);
    const letIn = ['account.added', 'code.issued', 'login'];
    expect(await actionsOf('ada')).toEqual([...letIn, ...Array.from({ length: 10 }, () => 'result.fetched')]);
    expect(await actionsOf('bob')).toEqual([...letIn, ...Array.from({ length: 5 }, () => 'task.submitted')]);
    expect((await actionsOf()).filter((action) => action === 'login.refused')).toHaveLength(10);
    expect(await own.accounts.trimAudit({ days: 30, lines: 10 })).toBe(0);
  });

  test('is guarded again when lines have gone, and for others all the time', async () => {
    await own.accounts.add('ada');
    await own.accounts.trimAudit({ days: 30, lines: 0 }, Date.now() + 31 * day);
    await own.accounts.issueCode('ada', 'tasks');
    const database = new DatabaseSync(own.path);
    expect(() => database.exec('delete from audit')).toThrow(/only appended to/);
    database.close();
    expect(await actionsOf()).toEqual(['code.issued']);
  });

  test('is not taken for old by a server that starts in a wrong year', async () => {
    const written = (at: string): void => {
      const database = new DatabaseSync(own.path);
      database.prepare(`insert into audit (at, action) values (?, 'login.refused')`).run(at);
      database.close();
    };
    const start = (): Promise<void> => new AuditKeeper(own.accounts, { days: 400 }, () => {}).close();
    // Beside them the clock of this machine is years ahead.
    written('2001-01-01T00:00:00.000Z');
    written('2002-01-01T00:00:00.000Z');
    await start();
    expect(await actionsOf()).toHaveLength(2);
    written('2002-06-01T00:00:00.000Z');
    await start();
    expect(await actionsOf()).toHaveLength(2);
  });

  test('of an earlier version goes on', async () => {
    const earlier = join(dirname(own.path), 'earlier.db');
    const file = new DatabaseSync(earlier);
    file.exec(migrations[0]!);
    file.exec(`pragma user_version = 1;
      insert into accounts (name, added_at) values ('ada', '2026-01-01T00:00:00.000Z');
      insert into audit (at, action, account) values ('2026-01-01T00:00:00.000Z', 'account.added', 'ada');`);
    file.close();
    const opened = new Accounts(earlier);
    try {
      await opened.login((await opened.issueCode('ada', 'tasks')).code, 'laptop');
      expect((await opened.audit({ limit: 9 })).map(({ action }) => action)).toEqual([
        'account.added',
        'code.issued',
        'login',
      ]);
    } finally {
      await opened.close();
    }
    const newer = new DatabaseSync(earlier);
    newer.exec('pragma user_version = 99');
    newer.close();
    expect(() => new Accounts(earlier)).toThrow(expect.objectContaining({ code: 'PREFISH_STORE_VERSION' }));
  });
});
