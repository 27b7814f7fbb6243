import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { taskHome } from '../sandbox/environment.ts';
import { checkGrantedMounts } from '../sandbox/granted-mounts.ts';
import type { SandboxRequest } from '../sandbox/sandbox.ts';
import type { Claim } from '../store/store.ts';
import { placeOfTask } from './place-of-task.ts';
import type { Workspace } from './workspace.ts';

/** What of the server a sandbox has to know. */
export interface ServerSurroundings {
  /** The server's folder. */
  readonly folder: string;
  /** What else is the server's, and not to be shown to tasks: the folder of its socket, the key of its certificate. */
  readonly hidden?: readonly string[];
  /** Others use the server too: see `ServerOptions.restricted`. */
  readonly restricted?: boolean;
}

/** The world of an attempt's line. @throws what {@link checkGrantedMounts} throws */
export function sandboxRequest(
  { request, attempt }: Claim,
  workspace: Workspace,
  { command, arguments: own, mounts }: Runtime,
  { folder, hidden = [], restricted = false }: ServerSurroundings,
): SandboxRequest {
  const { objects, tree, home, tmp } = workspace;
  const { mounts: granted = [] } = request.options;
  // Looked at again: a task that may write in one could have put a link in the place of another.
  checkGrantedMounts(granted, { home: taskHome(request), hidden: [folder, ...hidden] });
  return {
    task: request.id,
    attempt,
    command: [...command, '--json', '--input-json', ...own, '-c', request.line],
    tree: tree.place,
    treeHere: tree.path,
    enter: tree.enter,
    root: request.root,
    cwd: request.cwd,
    home,
    tmp,
    ...placeOfTask(request),
    hasNetwork: (request.options.network ?? 'full') === 'full' && !restricted,
    // Who may run without any sandbox may as well do this in one.
    tracing: request.options.unsandboxed === true && !restricted,
    hidden: [folder, ...hidden],
    mounts: [
      ...mounts.filter(({ target }) => !isInTree(target, request.root, tree.path)),
      ...(request.git ? [{ source: objects, target: objects }] : []),
      ...granted.map(({ path, writable = false }) => ({
        source: path,
        target: path,
        writable,
        granted: true as const,
      })),
    ],
  };
}

/** Whether the task's own copy of the folder has what a mount would put there: a plugin that lies in the repository itself. */
function isInTree(target: string, root: string, tree: string): boolean {
  const inside = relative(root, target);
  return inside !== '' && inside.split(sep)[0] !== '..' && existsSync(join(tree, inside));
}
