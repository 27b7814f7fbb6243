import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeOf, strangerEnvironment, type NodeVersion } from '../support/nodes.ts';
import { packedWorkspace, pnpm } from '../support/packed.ts';
import { BuildServer } from '../support/build-server.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const workspace = join(import.meta.dirname, '..', '..');
const source = join(workspace, 'examples');
let root: string;
let project: string;
let nodes: Readonly<Record<NodeVersion, string>>;

/** The examples as a stranger would have them, with what they depend on from tarballs. */
beforeAll(async () => {
  const { tarballs, overrides } = await packedWorkspace();
  root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-examples-')));
  project = join(root, 'project');
  await cp(source, project, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await rm(join(project, 'tsconfig.json'));
  const manifests = (await examples()).map(async (name) => {
    const text = await readFile(join(source, name, 'package.json'), 'utf8').catch(() => '{}');
    return JSON.parse(text) as Manifest;
  });
  const dependencies = Object.assign({}, ...(await Promise.all(manifests)).map((one) => one.dependencies));
  const packages = ['prefish', '@prefish/core', ...Object.keys(dependencies)];
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: {
        ...dependencies,
        ...Object.fromEntries(packages.flatMap((name) => (overrides[name] ? [[name, overrides[name]]] : []))),
      },
      devDependencies: { '@types/node': '^24.0.0' },
    }),
  );
  await writeFile(join(project, 'pnpm-workspace.yaml'), JSON.stringify({ overrides }));
  await stranger('npx', ['-y', pnpm, 'install', '--prefer-offline', '--ignore-scripts']);
  await stranger('npm', [
    'install',
    '--global',
    '--prefix',
    join(root, 'global'),
    '--prefer-offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    tarballs['prefish']!,
  ]);
  nodes = { 22: await nodeOf('22'), 24: await nodeOf('24') };
}, 120_000);

afterAll(() => rm(root, { recursive: true, force: true }));

test('their types are those of the packages', async () => {
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        lib: ['es2024', 'esnext.disposable'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        allowImportingTsExtensions: true,
        noEmit: true,
      },
    }),
  );
  await stranger(join(workspace, 'node_modules', '.bin', 'tsc'), ['-p', project]);
});

describe.each(['22', '24'] as const)('on Node %s', (version) => {
  /** Runs the command that the tarball holds. */
  const prefish = (...args: string[]): Promise<Ended> =>
    ended(nodes[version], [join(project, 'node_modules', 'prefish', 'bin', 'prefish.js'), ...args]);

  test('it is that Node', async () => {
    expect((await ended(nodes[version], ['--version'])).stdout).toMatch(new RegExp(`^v${version}\\.`));
  });

  test('shout', async () => {
    expect(await prefish('--plugin', 'shout/shout.ts', '-c', '^ --times 2 hello')).toEqual({
      code: 0,
      stdout: 'HELLO!\nHELLO!\n',
      stderr: '',
    });
  });

  test('notes', async () => {
    await rm(join(root, 'home', '.local'), { recursive: true, force: true });
    const plugin = ['--plugin', 'notes/notes.ts'];
    const lines = ['> the cellar key is behind the door', '> --remind 10m call Ann', '/notes cellar'];
    const kept = await prefish(...plugin, ...lines.flatMap((line) => ['-c', line]));
    expect(kept).toMatchObject({ code: 0, stderr: '' });
    expect(kept.stdout).toMatch(/^note 1\nnote 2, due .*\n {2}1 {2}the cellar key is behind the door\n$/);
    const { stdout } = await prefish(...plugin, 'tasks', 'ls', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      tasks: [{ id: 'reminder-2', title: 'call Ann', state: 'submitted' }],
    });
    expect((await prefish(...plugin, 'tasks', 'done', '2')).stdout).toBe('done: call Ann\n');
  });

  test.each(['config-typescript/prefish.config.ts', 'config-yaml/prefish.config.yaml'])(
    '%s',
    async (file) => {
      const run = await prefish('--config', file, '-c', '$ echo both', '-c', '! echo tokens', '-c', '+ milk');
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toMatch(/^both\ntokens\nnote \d+\n$/);
      expect((await prefish('--config', file, 'explain', '# use pnpm')).stdout).toMatch(
        /^refused[^]*removed the prefix "memory"/,
      );
    },
  );

  test('policy', async () => {
    const log = join(root, `audit-${version}.jsonl`);
    await writeFile(
      join(project, 'policy.json'),
      JSON.stringify({ plugins: [['./policy/policy.ts', { log }]] }),
    );
    const run = await prefish('--config', 'policy.json', '-c', '! echo fine', '-c', '! rm -rf nowhere');
    expect(run).toMatchObject({
      code: 2,
      stdout: 'fine\n',
      stderr: expect.stringContaining('Nobody said yes'),
    });
    expect((await readFile(log, 'utf8')).match(/"outcome":"\w+"/g)).toEqual([
      '"outcome":"ok"',
      '"outcome":"denied"',
    ]);
    await using home = await sandboxHome();
    const asked = ['--config', 'policy.json', '-c', '! rm -rf nowhere; echo ran'];
    const program = [nodes[version], join(project, 'node_modules', 'prefish', 'bin', 'prefish.js')] as const;
    await using terminal = openTerminal(home, asked, { cwd: project, program });
    await terminal.shows('Really run ! rm -rf nowhere; echo ran?');
    terminal.type('y');
    await terminal.shows(/^ran$/m);
    expect(await terminal.ended).toBe(0);
  });

  test('embedded', async () => {
    expect(await ended(nodes[version], ['--no-warnings', 'embedded/main.ts', '= 1 2 3'])).toEqual({
      code: 0,
      stdout: '6\n',
      stderr: '',
    });
  });

  test('build-server, which is away: one warning beside the tasks of others', async () => {
    const builds = ['./build-server/builds.ts', { url: 'http://127.0.0.1:9/' }];
    await writeFile(join(project, 'builds.json'), JSON.stringify({ plugins: [builds] }));
    const run = await prefish('--config', 'builds.json', 'tasks', 'ls', '--json');
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('Builds') });
    expect(JSON.parse(run.stdout)).toMatchObject({ tasks: [], warnings: [{ source: 'builds' }] });
  });

  test('build-server, which answers: its runs, and a failed one again', async () => {
    await using server = new BuildServer();
    const builds = ['./build-server/builds.ts', { url: await server.start() }];
    await writeFile(join(project, 'builds.json'), JSON.stringify({ plugins: [builds] }));
    const run = await prefish('--config', 'builds.json', 'tasks', 'ls', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      tasks: [
        { id: 'build-7', state: 'working', title: 'nightly (main)' },
        { id: 'build-6', state: 'failed', exit: { code: 1 } },
      ],
    });
    expect((await prefish('--config', 'builds.json', 'tasks', 'logs', '6')).stdout).toContain(
      'no space left',
    );
    expect(await prefish('--config', 'builds.json', 'tasks', 'retry', '6')).toMatchObject({ code: 0 });
    expect(server.runs[0]).toMatchObject({ id: 8, status: 'queued' });
  });

  test('the command installed globally, and a plugin in an empty folder beside it', async () => {
    const folder = join(root, `empty-${version}`);
    await mkdir(folder);
    await cp(join(source, 'shout', 'shout.ts'), join(folder, 'mine.ts'));
    const command = await realpath(join(root, 'global', 'bin', 'prefish'));
    const run = await ended(nodes[version], [command, '--plugin', 'mine.ts', '-c', '^ hello'], folder);
    expect(run).toEqual({ code: 0, stdout: 'HELLO!\n', stderr: '' });
  });
});

test('no example is left out, here or in the table of examples', async () => {
  const tests = await readFile(import.meta.filename, 'utf8');
  expect((await examples()).filter((name) => !tests.includes(`'${name}`))).toEqual([]);
  const table = await readFile(join(source, 'README.md'), 'utf8');
  const listed = Array.from(table.matchAll(/^\| \[([\w-]+)\]\(\1\)/gm), ([, name]) => name);
  expect(listed.sort()).toEqual((await examples()).sort());
});

async function examples(): Promise<string[]> {
  const entries = await readdir(source, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name);
}

/** Runs a program that has to succeed. */
async function stranger(program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await ended(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

/** Runs a program outside of the workspace, with a home of its own. */
function ended(program: string, args: readonly string[], cwd: string = project): Promise<Ended> {
  // Package managers keep their caches where they are; prefish and its plugins find an empty home.
  const own = args[0]?.endsWith('prefish.js') || args[0] === join(root, 'global', 'bin', 'prefish');
  const env = strangerEnvironment(
    own ? { HOME: join(root, 'home'), PREFISH_HOME: join(root, 'prefish') } : {},
  );
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, timeout: 110_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr }),
    );
  });
}
