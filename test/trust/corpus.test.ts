import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { hostileRepositories } from './hostile-repositories.ts';
import { openWitness } from './witness.ts';

test.each(hostileRepositories)('$name', async ({ files, prepare, fate }) => {
  await using t = await sandboxHome();
  await using witness = await openWitness(t);
  const outside = join(t.root, 'outside');
  mkdirSync(outside);
  const { path: cwd, write } = await t.repository();
  await write(files(witness));
  prepare?.(cwd, outside, witness);

  const line = 'waits' in fate && fate.waits !== true ? fate.waits : '!echo ran';
  const run = await t.prefish(['-c', line], { cwd, timeout: 10_000 });
  expect(witness.seen(), 'before it is trusted').toBe(false);
  if ('ignored' in fate) {
    expect(run).toMatchObject({ code: 0, stdout: 'ran\n' });
    execFileSync(process.execPath, [join(cwd, fate.ignored)]);
    expect(witness.seen(), 'where it is run').toBe(true);
    return;
  }
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('refused' in fate ? fate.refused : 'PREFISH_UNTRUSTED');

  const trusted = await t.prefish(['trust', '--yes'], { cwd, timeout: 10_000 });
  expect(witness.seen(), 'by trusting').toBe(false);
  const refusal = 'refused' in fate ? fate.refused : 'PREFISH_CONFIG_UNREADABLE';
  if (!('waits' in fate))
    expect(trusted).toMatchObject({ code: 2, stderr: expect.stringContaining(refusal) });
  const after = await t.prefish(['-c', line], { cwd, timeout: 10_000 });
  const asked = witness.seen() || after.stderr.includes(witness.url);
  expect(asked, after.stderr).toBe('waits' in fate);
});
