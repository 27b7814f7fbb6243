import { DatabaseSync } from 'node:sqlite';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Accounts } from '../../src/auth/accounts.ts';
import { codeLifetime } from '../../src/auth/login-codes.ts';
import { temporaryFolder } from '../fixtures/folder.ts';

describe('the accounts of a server', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let accounts: Accounts;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'accounts.db');
    accounts = new Accounts(path);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await accounts.close();
    folder[Symbol.dispose]();
  });

  test('are let in by a code, once, and then by the token that it was traded for', async () => {
    expect(await accounts.isEmpty()).toBe(true);
    const { code, expiresAt } = await accounts.add('ada');
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const login = await accounts.login(code, 'laptop', '127.0.0.1');
    expect(login).toMatchObject({ account: 'ada', scope: 'tasks' });
    expect(await accounts.verify(login.secret)).toEqual({
      account: 'ada',
      scope: 'tasks',
      token: login.token,
    });
    await expect(accounts.login(code, 'laptop')).rejects.toMatchObject({ code: 'PREFISH_LOGIN_CODE' });
    expect(await accounts.isEmpty()).toBe(false);
  });

  test('know no token but theirs', async () => {
    const { secret, token } = await accounts.login((await accounts.add('ada')).code, 'laptop');
    for (const shown of [
      '',
      'x',
      secret.slice(0, -1),
      `${secret}x`,
      secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      `prefish_${token}_`,
      secret.toUpperCase(),
    ]) {
      expect(await accounts.verify(shown), shown).toBeUndefined();
    }
  });

  test('take a code for one hour, however it is typed, and no longer', async () => {
    const first = await accounts.add('ada');
    expect((await accounts.useCode(` ${first.code.toLowerCase().replaceAll('-', '')} `)).account).toBe('ada');
    const second = await accounts.issueCode('ada', 'read');
    vi.useFakeTimers({ now: Date.now() + codeLifetime + 1000, toFake: ['Date'] });
    await expect(accounts.login(second.code, 'laptop')).rejects.toMatchObject({ code: 'PREFISH_LOGIN_CODE' });
  });

  test('that are revoked have nothing left that lets in, and come back with nothing of it', async () => {
    const { secret } = await accounts.login((await accounts.add('ada')).code, 'laptop');
    const { code } = await accounts.issueCode('ada', 'tasks');
    await accounts.revoke('ada');
    expect(await accounts.verify(secret)).toBeUndefined();
    expect(await accounts.isActive('ada')).toBe(false);
    await expect(accounts.login(code, 'laptop')).rejects.toMatchObject({ code: 'PREFISH_LOGIN_CODE' });
    await expect(accounts.issueCode('ada', 'tasks')).rejects.toMatchObject({
      code: 'PREFISH_ACCOUNT_NOT_FOUND',
    });
    await accounts.add('ada');
    expect(await accounts.verify(secret)).toBeUndefined();
    expect(await accounts.list()).toMatchObject([{ name: 'ada', tokens: [] }]);
  });

  test('revoke their own tokens and no other', async () => {
    const ada = await accounts.login((await accounts.add('ada')).code, 'laptop');
    const bob = await accounts.login((await accounts.add('bob')).code, 'laptop');
    expect(await accounts.revokeToken('bob', ada.token)).toBe(false);
    expect(await accounts.verify(ada.secret)).toBeDefined();
    expect(await accounts.revokeToken('bob', bob.token)).toBe(true);
    expect(await accounts.verify(bob.secret)).toBeUndefined();
    expect(await accounts.tokens('ada')).toMatchObject([{ id: ada.token, device: 'laptop', scope: 'tasks' }]);
  });

  test('have names that are the same everywhere', async () => {
    for (const name of ['ada', 'ada.lovelace', 'a-b_c', '0', 'x'.repeat(32)]) await accounts.add(name);
    for (const name of ['', 'Ada', 'a b', '../x', '.', 'a.', '-a', 'x'.repeat(33), 'repo.git', 'ä', 'a\n']) {
      await expect(accounts.add(name), name).rejects.toMatchObject({ code: 'PREFISH_ACCOUNT_INVALID' });
    }
    await expect(accounts.add('ada')).rejects.toMatchObject({ code: 'PREFISH_ACCOUNT_INVALID' });
  });

  test('keep no code and no token on the disk', async () => {
    const waiting = await accounts.add('ada');
    const { code } = await accounts.issueCode('ada', 'tasks');
    const { secret } = await accounts.login(code, 'laptop');
    const kept = ['', '-wal'].map((suffix) => readFileSync(path + suffix, 'latin1')).join('');
    expect(kept).toContain('laptop');
    for (const hidden of [waiting.code, waiting.code.replaceAll('-', ''), code, secret, secret.slice(-43)]) {
      expect(kept).not.toContain(hidden);
    }
  });

  test('are seen at once by another process, which may change them too', async () => {
    const other = new Accounts(path);
    try {
      const before = other.version();
      const { secret } = await accounts.login((await accounts.add('ada')).code, 'laptop');
      expect(other.version()).not.toBe(before);
      expect(await other.verify(secret)).toBeDefined();
      await other.revoke('ada');
      expect(await accounts.verify(secret)).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  test('leave a record that nobody changes', async () => {
    const login = await accounts.login((await accounts.add('ada')).code, 'laptop', '10.0.0.1');
    await accounts.record('task.submitted', { account: 'ada', token: login.token, task: 't1', repo: 'r' });
    await accounts.revokeToken('ada', login.token);
    const entries = await accounts.audit({ limit: 10 });
    expect(entries.map(({ action }) => action)).toEqual([
      'account.added',
      'code.issued',
      'login',
      'task.submitted',
      'token.revoked',
    ]);
    expect(entries[2]).toMatchObject({
      account: 'ada',
      token: login.token,
      address: '10.0.0.1',
      detail: 'laptop',
    });
    expect(await accounts.audit({ account: 'bob', limit: 10 })).toEqual([]);
    expect(await accounts.audit({ limit: 2 })).toMatchObject([
      { action: 'task.submitted' },
      { action: 'token.revoked' },
    ]);
    const database = new DatabaseSync(path);
    for (const change of ["update audit set account = 'bob'", 'delete from audit']) {
      expect(() => database.exec(change)).toThrow(/only appended to/);
    }
    database.close();
  });
});
