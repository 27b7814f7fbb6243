import { describe, expect, it } from 'vitest';
import type { FolderEntry, FolderReader } from '../../src/sandbox/folder-reader.ts';
import { toolRoots } from '../../src/sandbox/tool-roots.ts';

/** A file system of files (`''`) and symbolic links (their target), by absolute path. */
function reader(tree: Readonly<Record<string, string>>): FolderReader {
  const links = new Map(Object.entries(tree).filter(([, target]) => target !== ''));
  const paths = Object.keys(tree);
  const exists = (path: string): boolean =>
    paths.some((other) => other === path || other.startsWith(`${path}/`));
  const resolve = (path: string): string | undefined => {
    let done = '';
    for (const name of path.split('/').slice(1)) {
      const target = links.get(`${done}/${name}`);
      if (target === undefined) done = `${done}/${name}`;
      else done = resolve(new URL(target, `file://${done}/${name}`).pathname) ?? `${done}/${name}`;
    }
    return exists(done) ? done : undefined;
  };
  const kind = (path: string): FolderEntry['kind'] | undefined => {
    if (links.has(path)) return 'link';
    if (path in tree) return 'file';
    return exists(path) ? 'folder' : undefined;
  };
  return {
    resolve,
    kind,
    link: (path) => links.get(path),
    head: () => '',
    list(folder) {
      const real = resolve(folder) ?? folder;
      const below = paths
        .filter((path) => path.startsWith(`${real}/`))
        .map((path) => path.slice(real.length + 1));
      return [...new Set(below.map((path) => path.split('/')[0]!))].map((name) => ({
        name,
        kind: kind(`${real}/${name}`) ?? 'other',
      }));
    },
  };
}

function roots(path: string, tree: Readonly<Record<string, string>>): string[] {
  return toolRoots(
    { path, home: '/home/u', workspace: '/home/u/code/app', systemFolders: ['/usr', '/bin', '/opt', '/etc'] },
    reader(tree),
  );
}

describe('what is bound for an entry of PATH', () => {
  it.each([
    [
      'the root of a version manager',
      '/home/u/.nvm/versions/node/v24/bin',
      { '/home/u/.nvm/versions/node/v24/bin/node': '' },
      ['/home/u/.nvm'],
    ],
    [
      'cargo and the toolchains of rustup',
      '/home/u/.cargo/bin',
      { '/home/u/.cargo/bin/cargo': '', '/home/u/.rustup/settings': '' },
      ['/home/u/.cargo', '/home/u/.rustup'],
    ],
    [
      'the parent of shims',
      '/home/u/.pyenv/shims',
      { '/home/u/.pyenv/shims/python': '' },
      ['/home/u/.pyenv'],
    ],
    [
      'only the folder, where its parent is the home',
      '/home/u/bin',
      { '/home/u/bin/x': '' },
      ['/home/u/bin'],
    ],
    [
      'only the folder, where its parent holds more than tools',
      '/home/u/.docker/bin',
      { '/home/u/.docker/bin/x': '', '/home/u/.docker/config.json': '' },
      ['/home/u/.docker/bin'],
    ],
    [
      'only the folder, where its parent holds the workspace',
      '/home/u/code/bin',
      { '/home/u/code/bin/x': '', '/home/u/code/app/f': '' },
      ['/home/u/code/bin'],
    ],
    [
      'only the folder, where its parent is the home of somebody else',
      '/home/other/bin',
      { '/home/other/bin/x': '', '/home/other/.ssh/id_rsa': '' },
      ['/home/other/bin'],
    ],
    [
      'only the folder, where its parent is no tool',
      '/home/u/projects/bin',
      { '/home/u/projects/bin/x': '', '/home/u/projects/secret/keys.txt': '' },
      ['/home/u/projects/bin'],
    ],
    [
      'the whole environment of Python',
      '/home/u/envs/one/bin',
      { '/home/u/envs/one/bin/python': '', '/home/u/envs/one/pyvenv.cfg': '' },
      ['/home/u/envs/one'],
    ],
    [
      'a tool without libraries, by what it has beside its programs',
      '/home/u/sdk/flutter/bin',
      { '/home/u/sdk/flutter/bin/flutter': '', '/home/u/sdk/flutter/bin/cache/dart': '' },
      ['/home/u/sdk/flutter'],
    ],
    [
      'a tool outside the home',
      '/srv/tools/bin',
      { '/srv/tools/bin/x': '', '/srv/tools/lib/x.so': '' },
      ['/srv/tools'],
    ],
    [
      'both ends of a linked folder',
      '/run/user/1/fnm/2/bin',
      {
        '/run/user/1/fnm/2': '/home/u/.fnm/v20',
        '/home/u/.fnm/v20/bin/node': '',
        '/home/u/.fnm/v20/lib/node_modules/npm/x': '',
      },
      ['/home/u/.fnm/v20', '/run/user/1/fnm/2'],
    ],
    [
      'the modules behind a linked script',
      '/home/u/.local/bin',
      {
        '/home/u/.local/bin/tsc': '../share/m/node_modules/typescript/bin/tsc',
        '/home/u/.local/share/m/node_modules/typescript/bin/tsc': '',
      },
      ['/home/u/.local/bin', '/home/u/.local/share/m/node_modules'],
    ],
    [
      'one file, where its folder is the home',
      '/home/u/bin',
      { '/home/u/bin/x': '../x.sh', '/home/u/x.sh': '' },
      ['/home/u/bin', '/home/u/x.sh'],
    ],
  ])('%s', (_name, path, tree, expected) => {
    expect(roots(path, tree as Record<string, string>)).toEqual(expected);
  });

  it.each([
    ['nothing for the home, what is above it, and what is relative', '/home/u:/home:/:.:bin:'],
    ['nothing for what the sandbox has anyway', '/usr/bin:/bin:/usr/local/bin:/opt/x/bin'],
    ['nothing for the workspace', '/home/u/code/app/node_modules/.bin'],
    ['nothing for what is not there', '/home/u/gone/bin'],
    ['nothing for folders of the kernel, or that belong to all', '/proc/self/cwd:/tmp:/dev/shm/bin'],
  ])('%s', (_name, path) => {
    const tree = {
      '/home/u/f': '',
      '/usr/bin/env': '',
      '/opt/x/bin/y': '',
      '/tmp/f': '',
      '/home/u/code/app/node_modules/.bin/x': '',
      '/proc/self/cwd/x': '',
      '/dev/shm/bin/x': '',
    };
    expect(roots(path, tree)).toEqual([]);
  });

  it('is never the home under its other name', () => {
    const tree = {
      '/home/u': '/data/u',
      '/data/u/bin/x': '',
      '/data/u/.ssh/id_rsa': '',
      '/data/u/.nvm/v24/bin/node': '',
    };
    expect(roots('/home/u/bin:/home/u/.nvm/v24/bin', tree)).toEqual([
      '/data/u/.nvm/v24',
      '/data/u/bin',
      '/home/u/.nvm',
      '/home/u/bin',
    ]);
  });
});
