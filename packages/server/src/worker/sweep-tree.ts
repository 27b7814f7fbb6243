import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What git cannot keep: pipes, sockets and devices. It would wait for ever for a writer to a pipe called `.gitignore`. */
const special = ['(', '-type', 'p', '-o', '-type', 's', '-o', '-type', 'b', '-o', '-type', 'c', ')'];

/**
 * Removes what git must not meet in a tree that a task wrote, at any depth: pipes and sockets, and
 * whatever is called `.git`, but that not below `skip` (paths relative to the top). By `find`, which
 * follows no link and takes names that are no UTF-8 and paths longer than the kernel takes at once.
 */
export async function removeTraps(
  tree: string,
  skip: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const remove = (command: string): string[] => ['-execdir', 'rm', command, '--', '{}', '+'];
  const kept = skip.flatMap((path) => ['!', '-path', `${escapePattern(join(tree, path))}/*`]);
  const rules = [...special, ...remove('-f'), '-o', '-iname', '.git', ...kept, '-prune', ...remove('-rf')];
  const sweep = (): Promise<unknown> => run('find', [tree, ...rules], plain(signal));
  await sweep().catch(async () => {
    signal?.throwIfAborted();
    await makeReadable(tree, signal);
    await sweep();
  });
}

/** Gives the owner back what a task took from its files and folders. What cannot be changed stays. */
export async function makeReadable(tree: string, signal?: AbortSignal): Promise<void> {
  await run('chmod', ['-R', 'u+rwX', '--', tree], plain(signal)).catch(() => signal?.throwIfAborted());
}

/**
 * Removes a folder that a task wrote, whatever it left there. `rm` and `find` walk by descriptor and follow no link.
 * Folders alone are made writable: a file may be one of the user's, by another name. What is not there is no error.
 */
export async function removeFolder(folder: string): Promise<void> {
  const remove = (): Promise<unknown> => run('rm', ['-rf', '--', folder], plain());
  const closed = ['-type', 'd', '!', '-perm', '-u+rwx', '-execdir', 'chmod', 'u+rwx', '--', '{}', ';'];
  await remove().catch(async () => {
    await run('find', [folder, ...closed], plain()).catch(() => {});
    await remove();
  });
}

/** The system's own tools, whatever the server's PATH says. A tree full of complaints must not fail by their length. */
function plain(signal?: AbortSignal): {
  cwd: string;
  env: Record<string, string>;
  maxBuffer: number;
  signal?: AbortSignal;
} {
  return {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
    ...(signal === undefined ? {} : { signal }),
  };
}

function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?[]/g, String.raw`\$&`);
}
