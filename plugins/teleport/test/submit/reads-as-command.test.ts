import { describe, expect, test } from 'vitest';
import { readsAsCommand } from '../../src/submit/reads-as-command.ts';

/** A machine on which every name is a program: the hardest case for sentences. */
const everything = (): Promise<boolean> => Promise.resolve(true);

describe('a message that was meant for the shell', () => {
  test.each([
    'npm test',
    'npm run build',
    'npm ci && npm test',
    'pytest',
    'ls',
    'git status',
    'git commit -m "fix the bug in the parser"',
    'make check',
    'make lint test',
    'npm i',
    'npm i -D vitest',
    'rg foo src',
    'ps aux',
    'sleep 100',
    'kill 4711',
    'for f in *.png; do optipng "$f"; done',
    'if npm test; then git push; fi',
    '[ -f .env ] && cat .env',
    'make',
    'make -j4 CC=clang',
    'go test ./...',
    'cargo build --release',
    'docker compose up -d',
    './scripts/release.sh',
    '/usr/bin/env node',
    'NODE_ENV=test node index.js',
    'time npm test',
    'sudo apt install foo',
    'find . -name "*.ts"',
    'sort -u names.txt',
    'test -f package.json',
    'cat README.md | wc -l',
    'cd packages/core',
    'python3 -m http.server',
    'node server.js',
    'kubectl get pods',
    'eslint .',
    'echo done > out.txt',
  ])('%s', async (text) => {
    expect(await readsAsCommand(text, everything)).toBe(true);
  });

  test('is one that begins with a program that is there', async () => {
    const asked: string[] = [];
    const isProgram = async (name: string): Promise<boolean> => asked.push(name) > 0 && name === 'npm';
    expect(await readsAsCommand('npm test', isProgram)).toBe(true);
    expect(await readsAsCommand('mnp test', isProgram)).toBe(false);
    expect(asked).toEqual(['npm', 'mnp']);
  });
});

describe('a message for the agent', () => {
  test.each([
    'find the bug in the parser',
    'find bugs',
    'find unused exports in src/',
    'make the header dark',
    'make header dark',
    'make it faster',
    'make tests pass on windows',
    'test the login flow',
    'test login',
    'sort the imports',
    'sort imports',
    'watch the logs and tell me what is wrong',
    'go on',
    'go test everything',
    'more tests',
    'kill zombie processes on exit',
    'sleep less between retries',
    'if the tests fail, fix them',
    'for each page; then for the rest',
    'npm test fails and I wonder why',
    'npm scripts I added fail',
    'go on with that',
    'write tests for src/parse.ts',
    'update dependencies',
    'install the missing types',
    'install prettier',
    'look at src/index.ts',
    'npm test fails, can you look?',
    'npm install is slow on CI. Why?',
    'git history needs a cleanup before the release',
    'docker builds are too slow',
    'node crashes when I run the tests',
    'which file has the router',
    'which tests fail?',
    'who calls parse()?',
    'time zones are wrong in reports',
    'help me with the build',
    'clean up the styles',
    'true colours do not work in tmux',
    'Refactor the auth module',
    'Make check green',
    'explain test.ts please',
    'group the imports\nand sort them',
    'test schlägt fehl',
    '',
  ])('%s', async (text) => {
    expect(await readsAsCommand(text, everything)).toBe(false);
  });
});
