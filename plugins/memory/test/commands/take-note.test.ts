import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testShell } from '../harness.ts';

describe('--to', () => {
  test('names the project’s file, the local one, the user’s and any Markdown file', async () => {
    const { run, root, home } = await testShell();
    await mkdir(join(root, 'docs'));
    expect((await run('# --to project a')).message).toBe('noted in AGENTS.md:3, under “Remember”');
    expect((await run('# --to local b')).message).toBe('noted in CLAUDE.local.md:5, under “Remember”');
    expect((await run('# --to user c')).message).toBe('noted in ~/.claude/CLAUDE.md:3, under “Remember”');
    expect((await run('# --to docs/style.md d')).message).toBe('noted in docs/style.md:3, under “Remember”');
    expect((await run('# --to ~/own.md -- --e')).message).toBe('noted in ~/own.md:3, under “Remember”');
    await expect(readFile(join(home, '.claude/CLAUDE.md'), 'utf8')).resolves.toBe('## Remember\n\n- c\n');
    await expect(readFile(join(home, 'own.md'), 'utf8')).resolves.toBe('## Remember\n\n- --e\n');
  });

  test.each(['projct', 'package.json', '.md', '~/.bashrc'])('%s is no memory file', async (place) => {
    const { run, root } = await testShell();
    expect((await run(`# --to ${place} note`)).result).toMatchObject({ code: 'PREFISH_USAGE' });
    await expect(readdir(root)).resolves.toEqual(['.git']);
  });

  test('a folder that is not there is named, not made', async () => {
    const { run, root } = await testShell();
    const { result } = await run('# --to dosc/style.md note');
    expect(result).toMatchObject({
      code: 'PREFISH_MEMORY_WRITE',
      message: expect.stringContaining('dosc/style.md'),
    });
    await expect(readdir(root)).resolves.toEqual(['.git']);
  });

  test('the user’s file is that of the agent whose file there is, or who has been here', async () => {
    const { run, home } = await testShell();
    await mkdir(join(home, '.codex'));
    await run('# --to user a');
    await expect(readFile(join(home, '.codex/AGENTS.md'), 'utf8')).resolves.toContain('- a\n');
    await mkdir(join(home, '.claude'));
    expect((await run('# --to user b')).message).toMatch('~/.codex/AGENTS.md:4');
  });

  test('a link of the user’s own may lead anywhere', async () => {
    const { run, root, home } = await testShell();
    await mkdir(join(home, '.claude'));
    await writeFile(join(root, '..', 'dotfile'), 'mine\n');
    await symlink(join(root, '..', 'dotfile'), join(home, '.claude/CLAUDE.md'));
    await run('# --to user note');
    await expect(readFile(join(root, '..', 'dotfile'), 'utf8')).resolves.toBe(
      'mine\n\n## Remember\n\n- note\n',
    );
  });

  test.each(['user', 'local', '~/notes.md'])(
    '%s is refused in a task, which would take the note with it',
    async (place) => {
      const { run, root, home } = await testShell('', { env: { PREFISH_TASK: 'id' } });
      expect((await run(`# --to ${place} note`)).result).toMatchObject({ code: 'PREFISH_DENIED' });
      expect([...(await readdir(root)), ...(await readdir(home))]).toEqual(['.git']);
      expect((await run('# note')).exit).toEqual({ code: 0 });
    },
  );
});

describe('a new file that Claude Code reads in place of AGENTS.md', () => {
  test.each(['local', 'CLAUDE.md'])('(%s) imports it', async (place) => {
    const { run, root, events } = await testShell();
    await run('# one');
    await run(`# --to ${place} two`);
    const name = place === 'local' ? 'CLAUDE.local.md' : place;
    await expect(readFile(join(root, name), 'utf8')).resolves.toBe('@AGENTS.md\n\n## Remember\n\n- two\n');
    await run('# three');
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    await run('/memory undo');
    await run('/memory undo');
    await expect(readdir(root)).resolves.toEqual(['.git', 'AGENTS.md']);
  });

  test('is warned of when somebody else made it without the import', async () => {
    const { run, root, events } = await testShell();
    await writeFile(join(root, 'CLAUDE.local.md'), 'mine\n');
    expect((await run('# note')).message).toMatch('AGENTS.md');
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'PREFISH_MEMORY_HIDDEN',
        hint: 'Add this line to CLAUDE.local.md: @AGENTS.md',
      }),
    );
  });
});

test('a local file that git does not ignore is told', async () => {
  const { run, root, events } = await testShell('', { git: false });
  execFileSync('git', ['init', '-q', root]);
  const shared = (): number =>
    events.filter((event) => 'code' in event && event.code === 'PREFISH_MEMORY_SHARED').length;
  await run('# --to local a');
  expect(shared()).toBe(1);
  await run('# --to local b');
  await run('/memory undo');
  await run('/memory undo');
  await writeFile(join(root, '.gitignore'), '*.local.md\n');
  await run('# --to local c');
  expect(shared()).toBe(1);
});

test('the section is the one of the configuration, and so is the place', async () => {
  const { run, root } = await testShell('sub', {
    options: { default: 'docs/notes.md', section: 'Für später' },
  });
  await mkdir(join(root, 'docs'));
  await writeFile(join(root, 'docs/notes.md'), '# Für später\n\n- a\n\n# End\n');
  expect((await run('# b')).message).toBe('noted in ../docs/notes.md:4, under “Für später”');
  await expect(readFile(join(root, 'docs/notes.md'), 'utf8')).resolves.toBe(
    '# Für später\n\n- a\n- b\n\n# End\n',
  );
});

describe('--preview', () => {
  test.each([
    ['a new file', undefined],
    ['text', '# T\n\none\ntwo\nthree\nfour\n'],
    ['no final line end', '# T\n\n## Remember\n\n- a'],
    ['CRLF and a byte order mark', '\uFEFF# T\r\n\r\n## Remember\r\n- a\r\n\r\n## End\r\nx\r\n'],
    ['an empty file', ''],
    ['lines all alike', '- a\n- a\n- a\n- a\n- a\n- a\n- a\n'],
  ])('shows %s as a diff that git can apply, and writes nothing', async (_name, before) => {
    const { run, root } = await testShell('', { git: false });
    execFileSync('git', ['init', '-q', root]);
    const file = join(root, 'AGENTS.md');
    if (before !== undefined) await writeFile(file, before);
    const files = await readdir(root);
    const { result } = await run('# --preview naïve');
    expect(await readdir(root)).toEqual(files);
    if (before !== undefined) await expect(readFile(file, 'utf8')).resolves.toBe(before);
    const { diff } = (result as { data: { diff: string } }).data;

    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: root, input: diff });
    const applied = await readFile(file);
    if (before === undefined) execFileSync('rm', [file]);
    else await writeFile(file, before);
    await run('# naïve');
    expect(await readFile(file)).toEqual(applied);
  });

  test('of a note that is known says where it is', async () => {
    const { run, root } = await testShell();
    await writeFile(join(root, 'AGENTS.md'), '- Use pnpm.\n');
    expect((await run('# --preview use pnpm')).message).toBe('already noted in AGENTS.md:1: - Use pnpm.');
  });
});

test('undo takes back the last note, wherever it went, and notes of this project alone', async () => {
  const { run, home, state, shell, root } = await testShell();
  await run('# one');
  await run('# --to user two');
  const other = join(root, '..', 'other');
  await mkdir(other);
  shell.session.changeFolder(other);
  await run('# --to user three');
  shell.session.changeFolder(root);
  expect((await run('/memory undo')).message).toBe('taken back from ~/.claude/CLAUDE.md: two');
  await expect(readFile(join(home, '.claude/CLAUDE.md'), 'utf8')).resolves.toBe('## Remember\n\n- three\n');
  expect((await run('/memory undo')).message).toBe('taken back from AGENTS.md: one');
  expect((await run('/memory undo')).exit).toEqual({ code: 4 });
  expect((await readdir(join(state, 'memory'))).length).toBeGreaterThan(0);
});
