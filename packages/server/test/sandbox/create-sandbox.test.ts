import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox } from '../../src/sandbox/create-sandbox.ts';
import { filterArch } from '../../src/sandbox/seccomp/filter.ts';
import { has } from '../../../../test/support/capabilities.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prefish-sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function bwrap(script: string): void {
  writeFileSync(join(folder, 'bwrap'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bwrap'), 0o755);
}

describe('the report of a sandbox', () => {
  it('is what a real run showed', async ({ skip }) => {
    skip(!has('bubblewrap'), 'bubblewrap does not work here');
    expect(await createSandbox().report()).toEqual({ kind: 'bwrap' });
  });

  it('says why nothing works, and what to do', async () => {
    expect(await createSandbox({ path: folder }).report()).toMatchObject({
      kind: 'none',
      reason: 'bubblewrap is not installed',
      hint: 'apt install bubblewrap',
    });
    bwrap('echo "bwrap: setting up uid map: Permission denied" >&2; exit 1');
    expect(await createSandbox({ path: folder }).report()).toMatchObject({
      kind: 'none',
      reason: 'bubblewrap does not work here: bwrap: setting up uid map: Permission denied',
      hint: expect.stringContaining('allow user namespaces'),
    });
  });

  it('is asked anew when bubblewrap has changed, and only then', async () => {
    const sandbox = createSandbox({ path: folder });
    const counted = `echo run >> ${folder}/runs; test $(wc -l < ${folder}/runs) -lt 2`;
    bwrap(counted);
    expect((await sandbox.report()).kind).toBe('bwrap');
    expect((await sandbox.report()).kind).toBe('bwrap');
    bwrap(`${counted} # changed`);
    expect((await sandbox.report()).kind).toBe('none');
  });

  it('is none where the configuration says so', async () => {
    expect((await createSandbox({ mode: 'none' }).report()).kind).toBe('none');
  });
});

describe('what else keeps tasks in', () => {
  it('is a filter, and limits as they are configured', async ({ skip }) => {
    skip(!has('bubblewrap'), 'bubblewrap does not work here');
    const parts = await createSandbox().parts({ processes: 123, disk: 5 * 2 ** 30 });
    expect(parts.find(({ part }) => part === 'seccomp')).toMatchObject({ ok: filterArch() !== undefined });
    expect(parts.find(({ part }) => part === 'limits')?.message).toMatch(/123 processes, 5 GB of disk/);
  });

  it('is told where the kernel takes no filter: tasks run without', async ({ skip }) => {
    skip(filterArch() === undefined, 'there is no filter for this architecture');
    bwrap(
      'case "$*" in *--seccomp*) echo "bwrap: prctl(PR_SET_SECCOMP): Invalid argument" >&2; exit 1;; esac',
    );
    const sandbox = createSandbox({ path: folder });
    expect(await sandbox.report()).toEqual({ kind: 'bwrap' });
    expect((await sandbox.parts()).find(({ part }) => part === 'seccomp')).toEqual({
      part: 'seccomp',
      ok: false,
      message: expect.stringContaining('prctl(PR_SET_SECCOMP): Invalid argument'),
      fix: expect.any(String),
    });
  });
});
