import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openHistoryFile } from './editor/history-file.ts';
import type { HistoryStore } from './editor/history.ts';
import { repositoryOf } from './shown-folder.ts';

/**
 * The history of the project that `cwd` is in, and of all others, in `folder`.
 *
 * @param say called once, when lines cannot be kept
 */
export function openHistory(
  folder: string,
  cwd: string,
  say: (text: string) => void,
): { readonly store: HistoryStore; /** Whether nobody has used it before. */ readonly isNew: boolean } {
  let told = false;
  const failed = (error: Error): void => {
    if (!told) say(`Lines are not remembered: ${error.message}`);
    told = true;
  };
  const isNew = !existsSync(join(folder, 'history.jsonl'));
  return { store: openHistoryFile({ folder, project: repositoryOf(cwd) ?? cwd, failed }), isNew };
}
