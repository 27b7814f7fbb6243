// capture-child.ts FOLDER ROOT: takes a snapshot and prints what went along and what did not, as JSON.
import { join } from 'node:path';
import { openGit, splitNul } from '../../src/git/git.ts';
import { openShadow } from '../../src/snapshot/shadow.ts';
import { takeSnapshot } from '../../src/snapshot/take-snapshot.ts';
import { findWorkTree } from '../../src/snapshot/work-tree.ts';

const [folder = '', root = ''] = process.argv.slice(2);
const git = await openGit(process.env as Record<string, string>);
const tree = await findWorkTree(git, folder, join(root, 'home'));
const shadow = await openShadow(git, tree, { cache: join(root, 'cache'), data: join(root, 'data') });
const { commit, details } = await takeSnapshot(shadow, tree);
const listed = await shadow.git(['ls-tree', '-r', '-z', '--name-only', commit]);
const { notCaptured } = await details;
process.stdout.write(
  JSON.stringify({
    paths: splitNul(listed.stdout),
    notCaptured: notCaptured.map(({ path, why }) => `${why} ${path}`),
  }),
);
