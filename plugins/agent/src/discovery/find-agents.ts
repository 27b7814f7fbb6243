import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '@prefish/processes';
import type { AcpAgentSpec } from '../agent-spec.ts';
import { knownAgents, type KnownAgent } from './known-agents.ts';

/** What there is of a known agent on a machine. */
export interface FoundAgent {
  /** By which it is chosen: `claude`. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** Of the program that speaks for it, where its package tells it. */
  readonly version?: string;
  /** How it is started; absent when something is missing. */
  readonly spec?: AcpAgentSpec;
  /** What is missing, in words: all of it, or the adapter of an agent that is there. */
  readonly missing?: string;
  /** The agent itself is there, and only what speaks the protocol for it is missing. */
  readonly lacksAdapter?: boolean;
  /** The command that brings what is missing. */
  readonly install: string;
}

/** Looks for every known agent on the PATH of `env`; runs none of them. */
export function findAgents(env: Readonly<Record<string, string>>): readonly FoundAgent[] {
  return knownAgents.map((agent) => findAgent(agent, env));
}

function findAgent(known: KnownAgent, env: Readonly<Record<string, string>>): FoundAgent {
  const { id, name, install, login, commands, program } = known;
  const file = commands
    .map((command) => findProgram(command, env['PATH']))
    .find((path) => path !== undefined);
  if (file === undefined) {
    const hasProgram = program !== undefined && findProgram(program, env['PATH']) !== undefined;
    return hasProgram
      ? {
          id,
          name,
          install,
          lacksAdapter: true,
          missing: `${program} is there, its adapter ${commands[0]} is not`,
        }
      : { id, name, install, missing: `no ${commands[0]} on PATH` };
  }
  const version = packageVersion(file);
  return {
    id,
    name,
    install,
    spec: { kind: 'acp', id, name, file, args: known.args(version), env: {}, login },
    ...(version === undefined ? {} : { version }),
  };
}

/** The version of the npm package that a program belongs to: asking the program itself can take seconds. */
function packageVersion(file: string): string | undefined {
  try {
    for (let folder = dirname(realpathSync(file)); folder !== dirname(folder); folder = dirname(folder)) {
      const version = versionIn(join(folder, 'package.json'));
      if (version !== undefined) return version;
      if (folder.endsWith('node_modules')) return undefined;
    }
  } catch {
    // A program that cannot be looked into has no version that is known.
  }
  return undefined;
}

function versionIn(path: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
