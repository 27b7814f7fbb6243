import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { credentialFiles } from '../../src/sandbox/credential-files.ts';
import { diskReader } from '../../src/sandbox/folder-reader.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prefish-credentials-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('finds tokens and keys, and leaves certificates and programs', () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\n';
  const files = {
    '.npmrc': 'x',
    'credentials.toml': 'x',
    'etc/auth.json': 'x',
    'etc/id_ed25519': key,
    'etc/id_ed25519.pub': 'ssh-ed25519',
    'ssl/cacert.pem': '-----BEGIN CERTIFICATE-----\n',
    'ssl/server.key': key,
    'bin/credentials-tool': 'x',
    'lib/botocore/credentials.py': 'x',
    'lib/aws/credentials.d.ts': 'x',
    'node_modules/x/.npmrc': 'x',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const found = credentialFiles(root, diskReader).map((path) => path.slice(root.length + 1));
  expect(found.sort()).toEqual([
    '.npmrc',
    'credentials.toml',
    'etc/auth.json',
    'etc/id_ed25519',
    'ssl/server.key',
  ]);
});
