import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@prefish/processes';
import { expect, test } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import { coarsestMs } from '../../src/snapshot/known-folders.ts';
import {
  contentOf,
  paths,
  scratch,
  type Captured,
  type Scratch,
  type TestRepository,
} from '../support/repository.ts';

test.concurrent('a snapshot of a tree in which only contents have changed asks git for nothing that is new or ignored', async () => {
  using s = scratch();
  const repository = sample(s);
  const listings = logOf(s);
  await untilKnown(s, repository, listings);
  listings();
  repository.write({ a: 'changed\n', 'below/b': 'changed too\n' });
  const captured = await s.capture(repository.path);
  expect(listings()).toBe(0);
  expect(await contentOf(captured, 'below/b')).toBe('changed too\n');
  expect(captured.snapshot).toMatchObject({
    base: { dirty: 2, untracked: 1 },
    ignored: { dependencies: ['node_modules'], staying: ['.env'] },
    notCaptured: [{ path: 'below/pipe', why: 'special' }],
  });
}, 90_000);

test.concurrent.each<
  [what: string, change: (repository: TestRepository, s: Scratch) => void, found: Partial<Found>]
>([
  ['a new file', ({ write }) => write({ 'below/new': '' }), { more: ['below/new'] }],
  ['one beside what is ignored', ({ write }) => write({ 'objects/new': '' }), { more: ['objects/new'] }],
  ['a new ignored one', ({ write }) => write({ 'below/.env': '' }), { staying: ['.env', 'below/.env'] }],
  ['a rule less', ({ write }) => write({ 'below/.gitignore': '# \n' }), { more: ['below/log'] }],
  ['a rule less of the repository', ({ write }) => write({ '.git/info/exclude': '' }), { more: ['mine'] }],
  ['a rule less of the user', (_, s) => writeFileSync(userRules(s), ''), { more: ['users'] }],
  ['another index', ({ git }) => void git('rm', '-q', '--cached', 'a'), {}],
])(
  'a snapshot sees %s, where the last one knew all',
  async (_, change, { more = [], staying = ['.env'] }) => {
    using s = scratch();
    const repository = sample(s);
    const known = await paths(await untilKnown(s, repository, logOf(s)));
    change(repository, s);
    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual([...known, ...more].toSorted());
    expect(captured.snapshot.ignored.staying).toEqual(staying);
  },
  90_000,
);

interface Found {
  readonly more: readonly string[];
  readonly staying: readonly string[];
}

function sample(s: Scratch): TestRepository {
  mkdirSync(join(s.home, '.config/git'), { recursive: true });
  writeFileSync(userRules(s), 'users\n');
  const repository = s.repository({
    a: 'a\n',
    'below/b': 'b\n',
    'below/.gitignore': 'log\n',
    '.gitignore': 'node_modules/\n.env\n*.o\n',
  });
  repository.write({
    untracked: '',
    '.env': '',
    'node_modules/x': '',
    'objects/x.o': '',
    'below/log': '',
    mine: '',
    users: '',
    '.git/info/exclude': 'mine\n',
  });
  execFileSync('mkfifo', [join(repository.path, 'below/pipe')]);
  return repository;
}

function userRules({ home }: Scratch): string {
  return join(home, '.config/git/ignore');
}

/** How often git was asked what is new or ignored since this was called last. */
function logOf(s: Scratch): () => number {
  const [folder, log] = [join(s.root, 'bin'), join(s.root, 'log')];
  mkdirSync(folder);
  const git = findProgram('git', s.env['PATH']);
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "$@" >> '${log}'\nexec '${git}' "$@"\n`);
  chmodSync(join(folder, 'git'), 0o700);
  s.env['PATH'] = `${folder}:${s.env['PATH']}`;
  return () => {
    const asked = readFileSync(log, 'utf8').split('\n');
    writeFileSync(log, '');
    return asked.filter((line) => / ls-files -oi? /.test(line)).length;
  };
}

/** What was written a moment ago may be written again unseen: nothing is known of it, nor of what the first snapshot writes. */
async function untilKnown(s: Scratch, { path }: TestRepository, listings: () => number): Promise<Captured> {
  await s.capture(path);
  const written = Date.now();
  await until(() => Date.now() - written > coarsestMs, 'the next tick of the coarsest clock');
  return until(
    async () => {
      const captured = await s.capture(path);
      return listings() === 0 && captured;
    },
    'a snapshot that asks for nothing',
    60_000,
  );
}
