import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

const script = fileURLToPath(new URL('../fixtures/run-on-full-disk.ts', import.meta.url));

it('a full disk is told as such, whatever it interrupts, and nothing stays on it', () => {
  const disk = mkdtempSync(join(tmpdir(), 'prefish-disk-'));
  try {
    const args = [
      '--dev-bind',
      '/',
      '/',
      '--size',
      String(16 * 1024 * 1024),
      '--tmpfs',
      disk,
      '--setenv',
      'TMPDIR',
      disk,
    ];
    const command = [process.execPath, '--conditions=development', '--no-warnings', script];
    const output = execFileSync('bwrap', [...args, '--die-with-parent', '--', ...command], {
      encoding: 'utf8',
    });
    const full = { code: 'PREFISH_NO_SPACE', left: [] };
    expect(JSON.parse(output)).toEqual({ carried: full, checkedOut: full, based: full, kept: full });
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
});
