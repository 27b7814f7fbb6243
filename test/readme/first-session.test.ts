import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { command, sandboxHome } from '../support/sandbox-home.ts';

test('the first session of the README does what it says', async () => {
  const readme = await readFile(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const session = /## A first session[^]*?```sh\n([^]*?)```/.exec(readme)?.[1];
  expect(session?.trim().split('\n')).toHaveLength(10);

  await using t = await sandboxHome();
  const bin = join(t.root, 'bin');
  const project = join(t.root, 'projects');
  await mkdir(bin);
  await mkdir(project);
  await writeFile(join(bin, 'prefish'), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`);
  await chmod(join(bin, 'prefish'), 0o755);
  const { stdout, stderr } = await promisify(execFile)('bash', ['-ec', session!], {
    cwd: project,
    env: { ...t.env, PATH: `${bin}:${t.env['PATH']}` },
  });

  // What goes along with a line is said beside what it prints.
  expect(stderr).toMatch(/^→ this machine [^\n]*\n$/);
  expect(stdout).toMatch(/^hello\nnoted in AGENTS\.md/);
  expect(stdout).toMatch(/\+from afar\.\n/);
  expect(stdout).toMatch(/\nhello\nfrom afar\.\n[^\n]*\nhello\n$/);
});
