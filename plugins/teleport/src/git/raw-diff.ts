import { splitNul } from './git.ts';
import type { RawPath } from './raw-path.ts';

/** One line of `git diff-tree --raw -z --no-renames`. */
export interface RawChange {
  readonly path: RawPath;
  /** `A` added, `M` modified, `D` deleted, `T` of another type. */
  readonly status: string;
  /** Octal, as git writes it: `100644`, `100755`, `120000`, `160000`; `000000` for absent. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

/** Reads the output of `git diff-tree -r --raw -z --no-renames` and `git diff-index` likewise. */
export function parseRawDiff(output: Uint8Array): RawChange[] {
  const fields = splitNul(output);
  const changes: RawChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = (fields[index] ?? '')
      .slice(1)
      .split(' ');
    changes.push({
      path: fields[index + 1] ?? '',
      status: status.slice(0, 1),
      oldMode,
      newMode,
      oldId,
      newId,
    });
  }
  return changes;
}
