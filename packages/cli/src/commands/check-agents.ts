import type { AgentChoice } from '@prefish/core';
import { inspectAgents } from '@prefish/plugin-agent';
import { errorMessage, isPrefishError } from '@prefish/protocol';
import type { Folders } from '../folders.ts';
import { isHere } from '../server/elsewhere/server-url.ts';
import type { Check } from './doctor.ts';

const check = 'agents';

/**
 * Which agents there are, and what tasks would use them with. None is no fault: everything but plain text works without.
 *
 * @param server where lines go that do not say where
 */
export async function checkAgents(
  configured: AgentChoice | undefined,
  folders: Folders,
  env: Readonly<Record<string, string>>,
  server: string | undefined,
): Promise<Check> {
  const checked = await checkHere(configured, folders, env);
  if (server === undefined || isHere(server)) return checked;
  return { ...checked, message: `here: ${checked.message} · & lines use the agents of ${server}` };
}

async function checkHere(
  configured: AgentChoice | undefined,
  folders: Folders,
  env: Readonly<Record<string, string>>,
): Promise<Check> {
  const { describeTaskCredential, findAgents } = await inspectAgents();
  const own = typeof configured === 'object' ? await checkConfigured(configured, folders, env) : undefined;
  if (own?.ok === false) return own;
  const agents = findAgents(env);
  const found = await Promise.all(
    agents.map(async ({ name, version, spec }) => {
      if (spec === undefined) return [];
      const inTasks = await describeTaskCredential(spec, env, folders);
      return [`${[name, version].filter(Boolean).join(' ')} (${inTasks})`];
    }),
  );
  const lacking = agents
    .filter(({ lacksAdapter }) => lacksAdapter)
    .map(({ missing, install }) => `${missing}: ${install}`);
  const all = [...(own === undefined ? [] : [own.message]), ...found.flat(), ...lacking];
  const names = agents.map(({ name }) => name).join(', ');
  const none = `none (looked for ${names}); plain text needs one, prefish agent says how to get it`;
  return { check, ok: true, message: all.length === 0 ? none : all.join('; ') };
}

/** The program that the configuration names: without it, plain text goes nowhere. */
async function checkConfigured(
  configured: Exclude<AgentChoice, string>,
  folders: Folders,
  env: Readonly<Record<string, string>>,
): Promise<Check> {
  const { configuredAgent, describeTaskCredential } = await inspectAgents();
  try {
    const spec = configuredAgent(configured, { env, cwd: process.cwd() });
    const inTasks = await describeTaskCredential(spec, env, folders);
    return { check, ok: true, message: `${spec.name}, as configured (${inTasks})` };
  } catch (error) {
    const hint = isPrefishError(error) ? error.hint : undefined;
    return { check, ok: false, message: errorMessage(error), ...(hint === undefined ? {} : { fix: hint }) };
  }
}
