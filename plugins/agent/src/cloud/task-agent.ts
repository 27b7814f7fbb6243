import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Enclosed, RunContext } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { knownIdOf } from '../credentials/agent-apis.ts';
import { agentInPlace } from './agent-in-place.ts';
import { gatewaySettings, type GatewaySettings } from './gateway-settings.ts';
import { readSettings, type TaskSettings } from './task-settings.ts';

/** Where a sandbox shows a task what came along with it; elsewhere the folder is the host's. */
const sandboxFolder = '/run/prefish/';
const nothing: Enclosed = { files: {}, models: {} };

/**
 * The agent of the task that this is, made ready: pointed at the gateway to its model, with its own sandbox off.
 *
 * @param folder where it has a home of its own, if no sandbox gives it one
 * @throws PREFISH_AGENT_MISSING when none came along
 */
export async function taskAgent(
  { enclosed = nothing, env }: Pick<RunContext, 'enclosed' | 'env'>,
  folder: string,
): Promise<Omit<TaskSettings, 'login'>> {
  const { agent: sent, permissions, login } = readSettings(enclosed.settings);
  const agent = agentInPlace(sent, env);
  const known = knownIdOf(agent) ?? agent.id;
  const outer = env['HOME'] ?? folder;
  let home = outer;
  const terms = { login, asks: permissions === 'ask' };
  let gateway = gatewaySettings(known, enclosed.models, home, terms);
  if (!isSandboxed(env) || (await anyIsThere(Object.keys(gateway.files), home))) {
    // The user's own home: what they have configured there is not ours to write over.
    home = join(folder, 'home');
    gateway = gatewaySettings(known, enclosed.models, home, terms);
  }
  for (const [name, text] of Object.entries(gateway.files)) {
    const path = join(home, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
  }
  const added = { ...gateway.env, ...(home === outer ? {} : { HOME: home }) };
  return { agent: readied(agent, { ...gateway, env: added }), permissions };
}

function readied(agent: AgentSpec, gateway: GatewaySettings): AgentSpec {
  const { mode } = gateway;
  const args = [...agent.args, ...(gateway.args ?? [])];
  const env = { ...agent.env, ...gateway.env };
  if (agent.kind === 'exec') return { ...agent, args, env };
  return {
    ...agent,
    args,
    env,
    ...(mode === undefined ? {} : { usualMode: mode }),
  };
}

function isSandboxed(env: Readonly<Record<string, string>>): boolean {
  return env['PREFISH_TASK_FOLDER']?.startsWith(sandboxFolder) === true;
}

async function anyIsThere(names: readonly string[], home: string): Promise<boolean> {
  const found = names.map((name) =>
    access(join(home, name)).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}
