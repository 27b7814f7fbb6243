import type { Outcome, RunContext } from '@prefish/core';
import type { RawChange } from '../git/raw-diff.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import type { RiskyChange } from './risky-changes.ts';

/** So many are named one by one. */
const maxNamed = 20;

/** Whether what reaches further than its file may land. */
export type Consent = (risky: readonly RiskyChange[]) => Promise<boolean>;

/**
 * Points out what reaches further than its file before it lands: a person is asked, once for the same; a script is
 * told.
 */
export function createConsent({ out, ask, terminal }: Pick<RunContext, 'out' | 'ask' | 'terminal'>): Consent {
  let asked = '';
  return async (risky) => {
    const same = JSON.stringify(risky);
    if (risky.length === 0 || same === asked) return true;
    for (const { path, why } of risky.slice(0, maxNamed)) {
      out.warn('PREFISH_RESULT_RISKY', printable(`${path} ${why}`));
    }
    if (risky.length > maxNamed) {
      out.warn(
        'PREFISH_RESULT_RISKY',
        `${risky.length - maxNamed} more files are such that programs obey them`,
      );
    }
    if (terminal !== undefined) {
      const what = risky.length === 1 ? 'it' : 'them';
      const isAgreed = await ask
        .confirm(`Have you looked at ${what}? Apply all the same?`, { default: true })
        .catch(() => false);
      if (!isAgreed) return false;
    }
    asked = same;
    return true;
  };
}

const words: Readonly<Record<string, string>> = { A: 'new', M: 'changed', D: 'deleted', T: 'another kind' };

/**
 * What an apply would change, a line a file; nothing has changed.
 *
 * @param renames What new names were before
 */
export function preview(
  changes: readonly RawChange[],
  risky: readonly RiskyChange[],
  renames: ReadonlyMap<RawPath, RawPath>,
): Outcome {
  const why = new Map(risky.map((change) => [change.path, change.why]));
  const gone = new Set(renames.values());
  const shown = changes
    .filter(({ path, status }) => status !== 'D' || !gone.has(path))
    .map(({ path, status }) => {
      const from = renames.get(path);
      const [name, told] = [displayPath(path), why.get(displayPath(path))];
      return {
        change: from === undefined ? (words[status] ?? 'changed') : 'renamed',
        name: from === undefined ? name : `${displayPath(from)} → ${name}`,
        note: told === undefined ? '' : `  ← ${told}`,
      };
    });
  const width = shown.reduce((widest, { change }) => Math.max(widest, change.length), 0);
  const rows = shown.map(({ change, name, note }) => printable(`${change.padEnd(width)}  ${name}${note}`));
  return {
    type: 'ok',
    message: [...rows, 'nothing was changed: --dry-run'].join('\n'),
    data: {
      applied: false,
      files: changes.map(({ path }) => displayPath(path)),
      ...(risky.length > 0 ? { risky } : {}),
    },
  };
}
