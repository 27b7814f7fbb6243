import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testShell } from './harness.ts';

test('a note goes into AGENTS.md at the top of the repository, and where it went is told', async () => {
  const { run, root } = await testShell('packages/a');
  const first = await run('# Run the tests first');
  expect(first.message).toBe('noted in ../../AGENTS.md:3, under “Remember”');
  expect(first.result).toMatchObject({ type: 'ok', data: { path: join(root, 'AGENTS.md'), line: 3 } });
  expect((await run('#And no space')).message).toBe('noted in ../../AGENTS.md:4, under “Remember”');
  await expect(readFile(join(root, 'AGENTS.md'), 'utf8')).resolves.toBe(
    '## Remember\n\n- Run the tests first\n- And no space\n',
  );
  await expect(readdir(root)).resolves.toEqual(['.git', 'AGENTS.md', 'packages']);
});

test('outside a repository the folder itself is the place', async () => {
  const { run, root } = await testShell('sub', { git: false });
  await run('# here');
  await expect(readFile(join(root, 'sub', 'AGENTS.md'), 'utf8')).resolves.toContain('- here\n');
});

test('one space belongs to the token, the rest is the note’s', async () => {
  const { run, root } = await testShell();
  await run('#  two spaces, naïve 日本 🎉 \t');
  await expect(readFile(join(root, 'AGENTS.md'), 'utf8')).resolves.toBe(
    '## Remember\n\n-  two spaces, naïve 日本 🎉\n',
  );
});

test('a note that is known already is found and not written again', async () => {
  const { run, root } = await testShell();
  const file = join(root, 'AGENTS.md');
  await writeFile(file, '# Project\n\n* Use pnpm\n');
  const again = await run('# Use  pnpm');
  expect(again).toMatchObject({ message: 'already noted in AGENTS.md:3: * Use pnpm', exit: { code: 0 } });
  await expect(readFile(file, 'utf8')).resolves.toBe('# Project\n\n* Use pnpm\n');
});

test.each(['#', '# ', '#   '])('%j says that there is no note', async (line) => {
  const { run, root } = await testShell();
  const { result, exit } = await run(line);
  expect(result).toMatchObject({ code: 'PREFISH_MEMORY_EMPTY', hint: expect.stringContaining('# Run') });
  expect(exit).toEqual({ code: 2 });
  await expect(readdir(root)).resolves.toEqual(['.git']);
});

describe('beside CLAUDE.md', () => {
  test.each(['CLAUDE.md', '.claude/CLAUDE.md'])('%s alone gets the note', async (name) => {
    const { run, root, events } = await testShell();
    await mkdir(join(root, '.claude'));
    await writeFile(join(root, name), '# Claude\n');
    expect((await run('# note')).message).toBe(`noted in ${name}:5, under “Remember”`);
    await expect(readdir(root)).resolves.not.toContain('AGENTS.md');
    expect(events.map(({ type }) => type)).not.toContain('warning');
  });

  test.each([
    ['CLAUDE.md', '@AGENTS.md'],
    ['.claude/CLAUDE.md', '@../AGENTS.md'],
  ])('with AGENTS.md too, %s is asked to import it', async (name, importLine) => {
    const { run, root, events } = await testShell();
    await mkdir(join(root, '.claude'));
    await writeFile(join(root, name), '# Claude\n');
    await writeFile(join(root, 'AGENTS.md'), '# Agents\n');
    expect((await run('# note')).message).toBe('noted in AGENTS.md:5, under “Remember”');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'PREFISH_MEMORY_HIDDEN',
        hint: `Add this line to ${name}: ${importLine}`,
      }),
    );
    await expect(readFile(join(root, name), 'utf8')).resolves.toBe('# Claude\n');

    await writeFile(join(root, name), `# Claude\nSee ${importLine}.\n`);
    const before = events.length;
    await run('# another');
    expect(events.slice(before).map(({ type }) => type)).not.toContain('warning');
  });

  test('an import of an AGENTS.md that is not there yet makes it', async () => {
    const { run, root } = await testShell();
    await writeFile(join(root, 'CLAUDE.md'), '@AGENTS.md\n');
    expect((await run('# note')).message).toBe('noted in AGENTS.md:3, under “Remember”');
  });

  test('one file under both names is one file', async () => {
    const { run, root, events } = await testShell();
    await writeFile(join(root, 'AGENTS.md'), '# Agents\n');
    await symlink('AGENTS.md', join(root, 'CLAUDE.md'));
    expect((await run('# note')).message).toBe('noted in AGENTS.md:5, under “Remember”');
    expect(events.map(({ type }) => type)).not.toContain('warning');
  });
});

describe('the file', () => {
  test('keeps mode, symlink, line ends, byte order mark and bytes that are no UTF-8', async () => {
    const { run, root } = await testShell();
    const real = join(root, 'docs.md');
    const before = Buffer.from('\xEF\xBB\xBF# T\r\n\r\n\xFF\xFE broken\r\n', 'latin1');
    await writeFile(real, before);
    await chmod(real, 0o640);
    await symlink('docs.md', join(root, 'AGENTS.md'));
    await run('# naïve');
    const after = await readFile(real);
    expect(after.subarray(0, before.length)).toEqual(before);
    expect(after.subarray(before.length).toString()).toBe('\r\n## Remember\r\n\r\n- naïve\r\n');
    expect((await stat(real)).mode & 0o7777).toBe(0o640);
    expect((await lstat(join(root, 'AGENTS.md'))).isSymbolicLink()).toBe(true);
  });

  test.each(['here already', 'not there yet'])(
    'is not written through a link that leads out of the repository, to a file that is %s',
    async (state) => {
      const { run, root } = await testShell();
      const outside = await mkdtemp(join(tmpdir(), 'prefish-outside-'));
      const file = join(outside, 'profile');
      if (state === 'here already') await writeFile(file, 'the user’s own\n');
      await symlink(file, join(root, 'AGENTS.md'));
      const failed = await run('# note');
      expect(failed.result).toMatchObject({
        code: 'PREFISH_MEMORY_WRITE',
        message: expect.stringContaining(outside),
      });
      if (state === 'here already') expect(await readFile(file, 'utf8')).toBe('the user’s own\n');
      else expect(await readdir(outside)).toEqual([]);
      await rm(outside, { recursive: true });
    },
  );

  test.each(['AGENTS.md', 'CLAUDE.md'])('is refused, not waited for, where %s is a pipe', async (name) => {
    const { run, root } = await testShell();
    execFileSync('mkfifo', [join(root, name)]);
    expect((await run('# note')).result).toMatchObject({ code: 'PREFISH_MEMORY_WRITE' });
    expect((await run('/memory ls')).message).toMatch(/not a file/);
  });

  test('of 10 MB is no trouble', async () => {
    const { run, root } = await testShell();
    const before = '- a line of a very long file\n\n'.repeat(350_000);
    await writeFile(join(root, 'AGENTS.md'), before);
    await run('# note');
    const after = await readFile(join(root, 'AGENTS.md'), 'utf8');
    expect(after === `${before}## Remember\n\n- note\n`).toBe(true);
  });

  test.each([
    ['is read-only', async (file: string) => writeFile(file, 'x\n', { mode: 0o444 })],
    ['is not a file', async (file: string) => void (await mkdir(file))],
    ['is no UTF-8 text', async (file: string) => writeFile(file, Buffer.from('T\0i\0t\0l\0e\0'))],
  ])('that %s stays as it is', async (why, make) => {
    const { run, root } = await testShell();
    await make(join(root, 'AGENTS.md'));
    const before = await stat(join(root, 'AGENTS.md'));
    const { result, exit } = await run('# note');
    expect(result).toMatchObject({ code: 'PREFISH_MEMORY_WRITE', message: expect.stringContaining(why) });
    expect(exit).toEqual({ code: 1 });
    expect(await stat(join(root, 'AGENTS.md'))).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
    await expect(readdir(root)).resolves.toEqual(['.git', 'AGENTS.md']);
  });

  test('in a folder that cannot be written is named', async () => {
    const { run } = await testShell();
    // A folder of /proc refuses new files to everyone, root too.
    const { shell } = await testShell();
    shell.session.changeFolder('/proc/self');
    const settled = await shell.submit('# note');
    expect(settled.result).toMatchObject({ code: 'PREFISH_MEMORY_WRITE' });
    expect((await run('# note')).exit).toEqual({ code: 0 });
  });
});

describe('memory undo', () => {
  test('takes back one note after the other, and the file that was made for them', async () => {
    const { run, root } = await testShell();
    await run('# one');
    await run('# two');
    expect((await run('/memory undo')).message).toBe('taken back from AGENTS.md: two');
    await expect(readFile(join(root, 'AGENTS.md'), 'utf8')).resolves.toBe('## Remember\n\n- one\n');
    await run('/memory undo');
    await expect(readdir(root)).resolves.toEqual(['.git']);
    expect(await run('/memory undo')).toMatchObject({
      result: { code: 'PREFISH_MEMORY_UNDO' },
      exit: { code: 4 },
    });
  });

  test('leaves what was written since, and says when the note is gone', async () => {
    const { run, root } = await testShell();
    const file = join(root, 'AGENTS.md');
    await writeFile(file, '# T\n');
    await run('# one');
    await run('# two');
    await writeFile(file, '# Other\n\n## Remember\n\n- one\n- mine\n');
    expect((await run('/memory undo')).exit).toEqual({ code: 4 });
    expect((await run('/memory undo')).message).toBe('taken back from AGENTS.md: one');
    await expect(readFile(file, 'utf8')).resolves.toBe('# Other\n\n## Remember\n\n- mine\n');
  });
});

test('memory ls names the files that apply, and where notes go', async () => {
  const { run, root } = await testShell('sub');
  expect((await run('/memory ls')).message).toBe(
    '../AGENTS.md  made by the first note  this project\nNotes go to ../AGENTS.md; # --ask NOTE asks where to.',
  );
  await run('# note');
  await writeFile(join(root, 'sub', 'CLAUDE.md'), 'x');
  const { message, result } = await run('/memory');
  expect(message).toBe(
    '../AGENTS.md  1 note   this project\nCLAUDE.md     0 notes  this folder\nNotes go to ../AGENTS.md; # --ask NOTE asks where to.',
  );
  expect(result).toMatchObject({
    data: {
      files: [
        { path: join(root, 'AGENTS.md'), exists: true, default: true, notes: 1 },
        { path: join(root, 'sub', 'CLAUDE.md'), exists: true, default: false, notes: 0 },
      ],
    },
  });
});

test('a plugin without its folder is not loaded', async () => {
  const { createShell } = await import('@prefish/core');
  const { memory } = await import('../src/index.ts');
  await using shell = await createShell({ plugins: [memory({ folders: { state: 'relative' } })] });
  expect(shell.plugins[0]?.error).toMatchObject({ code: 'PREFISH_PLUGIN_OPTIONS' });
});
