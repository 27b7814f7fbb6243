import type { Shadow } from '../snapshot/shadow.ts';

/** Variables that make the user the author of a commit, where git knows who that is. */
export function authorOf(config: ReadonlyMap<string, string>): Record<string, string> {
  const name = config.get('user.name');
  const email = config.get('user.email');
  if (name === undefined || email === undefined) return {};
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** What a commit in the shadow says. */
export async function messageOf(shadow: Shadow, commit: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await shadow.git(['show', '-s', '--format=%B', commit], { signal });
  return stdout.toString('utf8').trimEnd();
}
