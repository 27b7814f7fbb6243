import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findConfigFiles } from '../../src/config/find-files.ts';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-find-')));
});
afterEach(() => rm(root, { recursive: true }));

async function make(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (path.endsWith('/')) await mkdir(join(root, path), { recursive: true });
    else await writeFile(join(root, path), path.endsWith('package.json') ? '{"prefish":{}}' : '{}');
  }
}

function find(start: string, home = 'home'): readonly string[] {
  const places = { user: join(root, home, 'config'), start: join(root, start), home: join(root, home) };
  return findConfigFiles(places).files.map(({ path, level }) => `${level} ${path.slice(root.length + 1)}`);
}

test.each([
  'prefish.config.ts',
  'prefish.config.mts',
  'prefish.config.js',
  'prefish.config.mjs',
  'prefish.config.json',
  'prefish.config.yaml',
  '.prefishrc',
  '.prefishrc.json',
  '.prefishrc.yaml',
  'package.json',
])('%s is found from a folder below the root of its repository', async (name) => {
  await make('repo/.git/', 'repo/a/b/', `repo/${name}`);
  expect(find('repo/a/b')).toEqual([`project repo/${name}`]);
});

test('the nearest folder counts alone, and nothing above the repository is looked at', async () => {
  await make('prefish.config.json', 'repo/.git/', 'repo/.prefishrc', 'repo/a/prefish.config.yaml');
  expect(find('repo/a')).toEqual(['project repo/a/prefish.config.yaml']);
  expect(find('repo')).toEqual(['project repo/.prefishrc']);
  await rm(join(root, 'repo/.prefishrc'));
  expect(find('repo')).toEqual([]);
});

test('a nested repository does not see the outer one', async () => {
  await make('repo/.git/', 'repo/.prefishrc', 'repo/inner/.git/');
  expect(find('repo/inner')).toEqual([]);
});

test('a .git that is a file, as in a worktree, is a root too', async () => {
  await make('tree/.git', 'tree/.prefishrc', 'tree/a/');
  expect(find('tree/a')).toEqual(['project tree/.prefishrc']);
});

test.each(['repo/.git/', 'repo/node_modules/evil/.git/', 'elsewhere/.git/'])(
  'nothing below node_modules configures anything (%s)',
  async (git) => {
    await make(git, 'repo/node_modules/evil/.prefishrc', 'repo/node_modules/.prefishrc', 'repo/.prefishrc');
    expect(find('repo/node_modules/evil')).toEqual(git === 'repo/.git/' ? ['project repo/.prefishrc'] : []);
    expect(find('repo/node_modules')).toEqual(git === 'repo/.git/' ? ['project repo/.prefishrc'] : []);
  },
);

test('without a repository only the start folder counts', async () => {
  await make('x/.prefishrc', 'x/y/');
  expect(find('x/y')).toEqual([]);
  expect(find('x')).toEqual(['project x/.prefishrc']);
});

test('the home folder is nobody’s project, even as a repository; nor is what lies above it', async () => {
  await make('home/.git/', 'home/.prefishrc', 'home/a/', '.prefishrc', '.git/');
  expect(find('home')).toEqual([]);
  expect(find('home/a')).toEqual([]);
  expect(find('.')).toEqual([]);
});

test('the user’s folder is the user’s, and holds no rc files', async () => {
  await make('home/config/.git/', 'home/config/.prefishrc', 'home/config/prefish.config.json');
  expect(find('home/config')).toEqual(['user home/config/prefish.config.json']);
});

test('a package.json without the key, or that cannot be parsed, is not looked at', async () => {
  await make('repo/.git/', 'repo/a/');
  await writeFile(join(root, 'repo/a/package.json'), '{"dependencies":{"prefish":"1"}}');
  await writeFile(join(root, 'repo/package.json'), '{"prefish"');
  expect(find('repo/a')).toEqual([]);
});

test.each([
  '.config/prefishrc',
  '.config/config.js',
  '.config/config.json',
  '.config/prefish.config.ts',
  'package.yaml',
  '.env',
])('%s is never looked at', async (name) => {
  await make('repo/.git/', `repo/${name}`);
  expect(findConfigFiles({ user: join(root, 'none'), start: join(root, 'repo') })).toEqual({
    files: [],
    ignored: [],
    problems: [],
  });
});

test.each([
  ['prefish.config.yml', 'prefish.config.yaml'],
  ['prefish.config.jsonc', 'prefish.config.json'],
  ['prefish.config.cjs', 'prefish.config.mjs'],
  ['.prefishrc.js', 'prefish.config.js'],
])('%s is not read, and the hint names %s', async (name, better) => {
  await make('repo/.git/', `repo/${name}`);
  const { files, ignored } = findConfigFiles({ user: join(root, 'none'), start: join(root, 'repo') });
  expect(files).toEqual([]);
  expect(ignored).toEqual([{ path: join(root, 'repo', name), hint: `Rename it to ${better}.` }]);
});

test('two in one folder: neither counts, and both are named', async () => {
  await make('repo/.git/', 'repo/.prefishrc', 'repo/package.json');
  const { files, problems } = findConfigFiles({ user: join(root, 'none'), start: join(root, 'repo') });
  expect(files).toEqual([]);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/several configurations.*\.prefishrc and package\.json/),
  ]);
});

test('a symlink that leads nowhere was meant as a configuration', async () => {
  await make('repo/.git/');
  await symlink('/nowhere', join(root, 'repo/.prefishrc'));
  expect(find('repo')).toEqual(['project repo/.prefishrc']);
});

test('a project’s file that is named is the user’s own, and counts once', async () => {
  await make('repo/.git/', 'repo/.prefishrc');
  await symlink('repo/.prefishrc', join(root, 'link'));
  const places = { user: join(root, 'none'), start: join(root, 'repo') };
  for (const given of ['repo/.prefishrc', 'link']) {
    const { files } = findConfigFiles({ ...places, given: join(root, given) });
    expect(files).toMatchObject([{ level: 'given', path: join(root, given) }]);
  }
});

test('the file that is named comes last, and has to be there', async () => {
  await make('repo/.git/', 'repo/.prefishrc', 'own.yaml');
  const places = { user: join(root, 'none'), start: join(root, 'repo') };
  expect(
    findConfigFiles({ ...places, given: join(root, 'own.yaml') }).files.map(({ level }) => level),
  ).toEqual(['project', 'given']);
  expect(findConfigFiles({ ...places, given: join(root, 'no.yaml') }).problems).toEqual([
    expect.objectContaining({ code: 'PREFISH_CONFIG_MISSING' }),
  ]);
});
