import { DatabaseSync } from 'node:sqlite';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Accounts } from '../../src/auth/accounts.ts';
import { codeLifetime } from '../../src/auth/login-codes.ts';
import { newAccounts } from '../fixtures/accounts.ts';

describe('the accounts of a server', () => {
  const own = newAccounts();
  afterEach(() => void vi.useRealTimers());

  test('are let in by a code, once, and then by the token that it was traded for', async () => {
    expect(await own.accounts.isEmpty()).toBe(true);
    const { code, expiresAt } = await own.accounts.add('ada');
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const login = await own.accounts.login(code, 'laptop', '127.0.0.1');
    expect(login).toMatchObject({ account: 'ada', scope: 'tasks' });
    expect(await own.accounts.verify(login.secret)).toEqual({
      account: 'ada',
      scope: 'tasks',
      token: login.token,
    });
    await expect(own.accounts.login(code, 'laptop')).rejects.toMatchObject({ code: 'PREFISH_LOGIN_CODE' });
    expect(await own.accounts.isEmpty()).toBe(false);
  });

  test('know no token but theirs', async () => {
    const { secret, token } = await own.accounts.login((await own.accounts.add('ada')).code, 'laptop');
    for (const shown of [
      '',
      'x',
      secret.slice(0, -1),
      `${secret}x`,
      secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      `prefish_${token}_`,
      secret.toUpperCase(),
    ]) {
      expect(await own.accounts.verify(shown), shown).toBeUndefined();
    }
  });

  test('take a code for one hour, however it is typed, and no longer', async () => {
    const first = await own.accounts.add('ada');
    expect((await own.accounts.useCode(` ${first.code.toLowerCase().replaceAll('-', '')} `)).account).toBe(
      'ada',
    );
    const second = await own.accounts.issueCode('ada', 'read');
    vi.useFakeTimers({ now: Date.now() + codeLifetime + 1000, toFake: ['Date'] });
    await expect(own.accounts.login(second.code, 'laptop')).rejects.toMatchObject({
      code: 'PREFISH_LOGIN_CODE',
    });
  });

  test('that are revoked have nothing left that lets in, and come back with nothing of it', async () => {
    const { secret } = await own.accounts.login((await own.accounts.add('ada')).code, 'laptop');
    const { code } = await own.accounts.issueCode('ada', 'tasks');
    await own.accounts.revoke('ada');
    expect(await own.accounts.verify(secret)).toBeUndefined();
    expect(await own.accounts.isActive('ada')).toBe(false);
    await expect(own.accounts.login(code, 'laptop')).rejects.toMatchObject({ code: 'PREFISH_LOGIN_CODE' });
    await expect(own.accounts.issueCode('ada', 'tasks')).rejects.toMatchObject({
      code: 'PREFISH_ACCOUNT_NOT_FOUND',
    });
    await own.accounts.add('ada');
    expect(await own.accounts.verify(secret)).toBeUndefined();
    expect(await own.accounts.list()).toMatchObject([{ name: 'ada', tokens: [] }]);
  });

  test('revoke their own tokens and no other', async () => {
    const ada = await own.accounts.login((await own.accounts.add('ada')).code, 'laptop');
    const bob = await own.accounts.login((await own.accounts.add('bob')).code, 'laptop');
    expect(await own.accounts.revokeToken('bob', ada.token)).toBe(false);
    expect(await own.accounts.verify(ada.secret)).toBeDefined();
    expect(await own.accounts.revokeToken('bob', bob.token)).toBe(true);
    expect(await own.accounts.verify(bob.secret)).toBeUndefined();
    expect(await own.accounts.tokens('ada')).toMatchObject([
      { id: ada.token, device: 'laptop', scope: 'tasks' },
    ]);
  });

  test('have names that are the same everywhere', async () => {
    for (const name of ['ada', 'ada.lovelace', 'a-b_c', '0', 'x'.repeat(32)]) await own.accounts.add(name);
    for (const name of ['', 'Ada', 'a b', '../x', '.', 'a.', '-a', 'x'.repeat(33), 'repo.git', 'ä', 'a\n']) {
      await expect(own.accounts.add(name), name).rejects.toMatchObject({ code: 'PREFISH_ACCOUNT_INVALID' });
    }
    await expect(own.accounts.add('ada')).rejects.toMatchObject({ code: 'PREFISH_ACCOUNT_INVALID' });
  });

  test('keep no code and no token on the disk', async () => {
    const waiting = await own.accounts.add('ada');
    const { code } = await own.accounts.issueCode('ada', 'tasks');
    const { secret } = await own.accounts.login(code, 'laptop');
    const kept = ['', '-wal'].map((suffix) => readFileSync(own.path + suffix, 'latin1')).join('');
    expect(kept).toContain('laptop');
    for (const hidden of [waiting.code, waiting.code.replaceAll('-', ''), code, secret, secret.slice(-43)]) {
      expect(kept).not.toContain(hidden);
    }
  });

  test('are seen at once by another process, which may change them too', async () => {
    const other = new Accounts(own.path);
    try {
      const before = other.version();
      const { secret } = await own.accounts.login((await own.accounts.add('ada')).code, 'laptop');
      expect(other.version()).not.toBe(before);
      expect(await other.verify(secret)).toBeDefined();
      await other.revoke('ada');
      expect(await own.accounts.verify(secret)).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  test('leave a record that nobody changes', async () => {
    const login = await own.accounts.login((await own.accounts.add('ada')).code, 'laptop', '10.0.0.1');
    await own.accounts.record('task.submitted', {
      account: 'ada',
      token: login.token,
      task: 't1',
      repo: 'r',
    });
    await own.accounts.revokeToken('ada', login.token);
    const entries = await own.accounts.audit({ limit: 10 });
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
    expect(await own.accounts.audit({ account: 'bob', limit: 10 })).toEqual([]);
    expect(await own.accounts.audit({ limit: 2 })).toMatchObject([
      { action: 'task.submitted' },
      { action: 'token.revoked' },
    ]);
    const database = new DatabaseSync(own.path);
    for (const change of ["update audit set account = 'bob'", 'delete from audit']) {
      expect(() => database.exec(change)).toThrow(/only appended to/);
    }
    database.close();
  });
});
