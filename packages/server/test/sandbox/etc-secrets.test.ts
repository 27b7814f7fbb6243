import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEtcSecrets } from '../../src/sandbox/etc-secrets.ts';

let etc: string;
beforeEach(() => {
  etc = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-etc-')));
  for (const [path, mode] of [
    ['passwd', 0o644],
    ['shadow', 0o640],
    ['ssh/ssh_host_rsa_key', 0o600],
    ['ssh/ssh_host_rsa_key.pub', 0o644],
    ['sudoers.d/admins', 0o644],
    ['kubernetes/admin.conf', 0o600],
    ['letsencrypt/archive/example.com/privkey1.pem', 0o600],
    ['letsencrypt/options.conf', 0o644],
  ] as const) {
    mkdirSync(dirname(join(etc, path)), { recursive: true });
    writeFileSync(join(etc, path), '');
    chmodSync(join(etc, path), mode);
  }
  chmodSync(join(etc, 'letsencrypt/archive'), 0o700);
  symlinkSync('letsencrypt/archive', join(etc, 'link'));
});
afterEach(() => rmSync(etc, { recursive: true, force: true }));

function hidden(isRoot: boolean): string[] {
  const { files, folders } = findEtcSecrets(etc, isRoot);
  return [...files, ...folders].map((path) => path.slice(etc.length + 1)).sort();
}

describe('what is hidden of /etc', () => {
  it('is what no task has to read', () => {
    expect(hidden(false)).toEqual(['shadow', 'ssh/ssh_host_rsa_key', 'sudoers.d']);
  });

  it('is for a task of root what is kept from everybody else, too', () => {
    expect(hidden(true)).toEqual([
      'kubernetes/admin.conf',
      'letsencrypt/archive',
      'shadow',
      'ssh/ssh_host_rsa_key',
      'sudoers.d',
    ]);
  });
});
