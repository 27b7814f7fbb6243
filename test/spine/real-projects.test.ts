import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { fingerprint } from '../support/tasks.ts';

needs('bubblewrap');

/** Runs the same line here and in the background: both pass, say the same, and the second changes nothing here. */
async function passesTwice(t: SandboxHome, cwd: string, line: string, top = cwd): Promise<string> {
  const here = await t.prefish(['-c', `!${line}`], { cwd });
  expect(here, here.stderr).toMatchObject({ code: 0 });
  const before = await fingerprint(top);
  const there = await t.prefish(['-c', `& --wait !${line}`], { cwd });
  expect(there, there.stderr + there.stdout).toMatchObject({ code: 0, stdout: here.stdout });
  expect(await fingerprint(top)).toEqual(before);
  return there.stdout;
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

test('pnpm’s links between packages, from a sub-folder of a monorepo', async () => {
  await using t = await sandboxHome();
  const { path } = await t.repository({
    '.gitignore': 'node_modules\n',
    'packages/lib/index.js': 'exports.answer = 42;\n',
    'packages/lib/package.json': '{ "name": "lib", "version": "1.0.0" }',
    'packages/app/package.json': '{ "name": "app", "scripts": { "test": "node test.js" } }',
    'packages/app/test.js':
      'console.log(require("lib").answer, require("dep")(), require.resolve("dep").includes(".pnpm"));\n',
  });
  const store = 'node_modules/.pnpm/dep@1.0.0/node_modules/dep';
  await write(path, {
    [`${store}/package.json`]: '{ "name": "dep", "version": "1.0.0" }',
    [`${store}/index.js`]: 'module.exports = () => "dep";\n',
  });
  const app = join(path, 'packages/app');
  await mkdir(join(app, 'node_modules'));
  await symlink(`../../../${store}`, join(app, 'node_modules/dep'));
  await symlink('../../lib', join(app, 'node_modules/lib'));
  expect(await passesTwice(t, app, 'npm test --silent', path)).toBe('42 dep true\n');
});

test('a version made of tags, annotated and not', async () => {
  await using t = await sandboxHome();
  const { path, git } = await t.repository({ a: '1' });
  await git('tag', '-a', 'v1.0', '-m', 'one');
  await git('commit', '-q', '--allow-empty', '-m', 'later');
  await git('tag', 'nightly');
  await git('switch', '-q', '--orphan', 'elsewhere');
  await git('commit', '-q', '--allow-empty', '-m', 'of another history');
  await git('tag', 'v9');
  await git('switch', '-q', 'main');
  const said = await passesTwice(t, path, 'git describe; git describe --tags; git tag -n --merged HEAD');
  expect(said).toMatch(/^v1\.0-1-g[0-9a-f]+\nnightly\nnightly +later\nv1\.0 +one\n$/);
  const there = await t.prefish(['-c', '& --wait !git tag && git fsck --no-dangling'], { cwd: path });
  expect(there).toMatchObject({ code: 0, stdout: 'nightly\nv1.0\n' });
});

describe('with Python', () => {
  needs('python3');

  test('a virtual environment, with what was installed into it', async () => {
    await using t = await sandboxHome();
    const { path } = await t.repository({
      '.gitignore': '.venv\n__pycache__\n',
      'test_sum.py':
        'import sys, unittest, dep\n\nclass Sum(unittest.TestCase):\n    def test(self):\n        self.assertEqual(dep.answer, 42)\n        self.assertIn(".venv", sys.prefix)\n',
    });
    execFileSync('python3', ['-m', 'venv', '--without-pip', '.venv'], { cwd: path });
    const where = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
    const site = execFileSync('.venv/bin/python', ['-c', where], { cwd: path, encoding: 'utf8' }).trim();
    await writeFile(join(site, 'dep.py'), 'answer = 42\n');
    await passesTwice(
      t,
      path,
      '. .venv/bin/activate && python -B -m unittest -q 2>/dev/null && which python',
    );
  });
});

describe('with a compiler', () => {
  needs('gcc', 'make');

  test('a build in C, with its ignored folder', async () => {
    await using t = await sandboxHome();
    const { path } = await t.repository({
      '.gitignore': 'build/\n',
      Makefile:
        'build/hello: main.c build/part.o\n\t@cc -o $@ main.c build/part.o\nbuild/part.o: part.c\n\t@mkdir -p build && cc -c -o $@ part.c\ntest: build/hello\n\t@./build/hello\n',
      'main.c':
        'int puts(const char *); const char *part(void); int main(void) { puts(part()); return 0; }\n',
      'part.c': 'const char *part(void) { return "built"; }\n',
    });
    expect(await passesTwice(t, path, 'make -s test')).toBe('built\n');
  });
});
