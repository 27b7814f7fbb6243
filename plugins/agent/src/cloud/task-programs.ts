import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { AgentSpec } from '../agent-spec.ts';
import { findProgram } from '@prefish/processes';
import { knownIdOf } from '../credentials/agent-apis.ts';
import { knownAgents } from '../discovery/known-agents.ts';

/** What a task has to see of an agent: its program, files that its arguments name, and the program behind an adapter. */
export function programsOf(spec: AgentSpec, env: Readonly<Record<string, string>>): readonly string[] {
  const known = knownAgents.find(({ id }) => id === knownIdOf(spec));
  const behind = known?.program === undefined ? undefined : findProgram(known.program, env['PATH']);
  const programs = [spec.file, ...spec.args.filter(isFile), ...(behind === undefined ? [] : [behind])];
  return [...new Set(programs)];
}

function isFile(path: string): boolean {
  return isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
