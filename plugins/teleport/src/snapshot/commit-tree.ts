import type { Shadow } from './shadow.ts';

/** The author of commits that nobody wrote. */
const prefishIdentity = {
  GIT_AUTHOR_NAME: 'prefish',
  GIT_AUTHOR_EMAIL: 'prefish@localhost',
  GIT_COMMITTER_NAME: 'prefish',
  GIT_COMMITTER_EMAIL: 'prefish@localhost',
};

/** A commit of a tree, in the shadow. */
export async function commitTree(
  shadow: Shadow,
  tree: string,
  parent: string | null,
  signal?: AbortSignal,
  author: Readonly<Record<string, string>> = {},
  message = 'prefish snapshot',
): Promise<string> {
  const args = ['commit-tree', ...(parent === null ? [] : ['-p', parent]), '-m', message, tree];
  const { stdout } = await shadow.git(args, { env: { ...prefishIdentity, ...author }, signal });
  return stdout.toString('latin1').trim();
}
