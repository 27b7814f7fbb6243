import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';

needs('bubblewrap');

const script = fileURLToPath(new URL('../../fixtures/guard-small-disk.ts', import.meta.url));

it('on a disk that is nearly full, who wrote most is ended, and nobody else', () => {
  const disk = mkdtempSync(join(tmpdir(), 'prefish-disk-'));
  try {
    const args = [
      '--dev-bind',
      '/',
      '/',
      '--size',
      String(128 * 2 ** 20),
      '--tmpfs',
      disk,
      '--die-with-parent',
    ];
    const command = [process.execPath, '--conditions=development', '--no-warnings', script, disk];
    expect(execFileSync('bwrap', [...args, '--', ...command], { encoding: 'utf8' })).toBe('much: reserve');
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
});
