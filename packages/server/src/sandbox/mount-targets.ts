import { lstatSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import { depth, isWithin } from './paths.ts';

/** A folder in which earlier processes of the task may have put links, and where the task sees it. */
export interface TaskLayer {
  readonly source: string;
  readonly target: string;
}

/** Links of the kernel lead anywhere: `/proc/self/root`, `/dev/fd`. */
const ofKernel = ['/proc', '/sys', '/dev'];
const ofFiles = '/dev/shm';

/** Whether something can be mounted at a place without following a link of the kernel. */
export function isOfKernel(path: string): boolean {
  return ofKernel.some((folder) => isWithin(path, folder)) && !(isWithin(path, ofFiles) && path !== ofFiles);
}

/**
 * Refuses places at which nothing may be mounted. bubblewrap makes the folders of a place that are missing, follows
 * links on the way, and does so while the whole machine is still there (`oldroot`): a link can have it make folders
 * anywhere. So none may be on the way, neither of the kernel's nor in what a submitter or a task has filled.
 *
 * @throws PREFISH_WORKSPACE_FAILED
 */
export function refuseLinks(targets: readonly string[], layers: readonly TaskLayer[]): void {
  const inner = layers.toSorted((one, other) => depth(other.target) - depth(one.target));
  for (const target of targets) {
    if (isOfKernel(target)) throw refused(target, 'is a folder of the kernel');
    const layer = inner.find((one) => one.target !== target && isWithin(target, one.target));
    if (layer === undefined) continue;
    let path = layer.source;
    for (const name of relative(layer.target, target).split('/')) {
      path = join(path, name);
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) break;
      if (found.isSymbolicLink()) throw refused(target, 'leads through a symbolic link');
    }
  }
}

function refused(target: string, why: string): PrefishError {
  return new PrefishError('PREFISH_WORKSPACE_FAILED', `a task cannot be given ${target}: it ${why}`);
}
