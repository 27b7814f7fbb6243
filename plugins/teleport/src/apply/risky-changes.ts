import { installScripts, riskOfPath } from '@prefish/protocol';
import type { RawChange } from '../git/raw-diff.ts';
import { displayPath } from '../git/raw-path.ts';
import type { Shadow } from '../snapshot/shadow.ts';

/** A change that reaches further than its file: another program runs it, or obeys it, by itself. */
export interface RiskyChange {
  readonly path: string;
  /** As the end of a sentence: `runs where the repository is pushed to`. */
  readonly why: string;
}

/** What of the changes reaches further than its file, and why. */
export async function riskyChanges(
  shadow: Shadow,
  changes: readonly RawChange[],
  signal: AbortSignal,
): Promise<readonly RiskyChange[]> {
  const found = await Promise.all(
    changes.map(async (change): Promise<readonly RiskyChange[]> => {
      const why = await risk(shadow, change, signal);
      return why === undefined ? [] : [{ path: displayPath(change.path), why }];
    }),
  );
  return found.flat();
}

async function risk(shadow: Shadow, change: RawChange, signal: AbortSignal): Promise<string | undefined> {
  const { path, status, oldMode, newMode } = change;
  if (status === 'D') return undefined;
  const program = riskOfPath(path);
  if (program !== undefined) return program;
  if (newMode === '120000') return `is a link to ${await blob(shadow, change.newId, signal)}`;
  if (newMode === '100755' && oldMode !== '100755') return 'becomes a program';
  if (!/(^|\/)package\.json$/i.test(path)) return undefined;
  const [before, after] = await Promise.all([
    status === 'A' ? '' : blob(shadow, change.oldId, signal),
    blob(shadow, change.newId, signal),
  ]);
  const [old, scripts] = [scriptsIn(before), scriptsIn(after)];
  const changed = Object.keys(scripts).filter(
    (name) => installScripts.has(name) && scripts[name] !== old[name],
  );
  return changed.length === 0 ? undefined : `changes ${changed.join(' and ')}, which npm install runs`;
}

async function blob(shadow: Shadow, id: string, signal: AbortSignal): Promise<string> {
  return (await shadow.git(['cat-file', 'blob', id], { signal })).stdout.toString('utf8');
}

function scriptsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const { scripts } = JSON.parse(text) as { readonly scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? (scripts as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
