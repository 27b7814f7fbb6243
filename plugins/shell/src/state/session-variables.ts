import { lineVariable } from '../processes/shell-process.ts';
import type { StateDump } from './state-dump.ts';

/** Variables that each shell sets anew, or that this plugin sets: what the session has of them stays. */
const notTaken: ReadonlySet<string> = new Set(['_', 'SHLVL', 'PREFISH', 'PWD', lineVariable]);
/** Names that a shell can hold as a variable. It passes others (`BASH_FUNC_x%%`) on but does not list them. */
const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The variables of the session after a line: `before` itself where nothing has changed. */
export function sessionVariables(
  before: Readonly<Record<string, string>>,
  left: Pick<StateDump, 'cwd' | 'variables'>,
): Readonly<Record<string, string>> {
  const after: Record<string, string> = {};
  for (const [name, value] of Object.entries(before)) {
    if (notTaken.has(name) || !shellName.test(name)) after[name] = value;
  }
  for (const [name, value] of left.variables) {
    if (!notTaken.has(name) && shellName.test(name)) after[name] = value;
  }
  if ('PWD' in after) after['PWD'] = left.cwd;
  return sameEntries(before, after) ? before : after;
}

function sameEntries(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
