import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { isPrefishError, PrefishError, type RunContext } from '@prefish/core';
import { writeDurably } from '@prefish/durable';
import { findProgram, isProgram } from '@prefish/processes';
import type { AgentSpec } from '../agent-spec.ts';
import type { AgentModel, AgentOptions } from '../options.ts';
import { findAgents, type FoundAgent } from './find-agents.ts';

/** What a choice is made with. */
type ChoiceContext = Pick<RunContext, 'ask' | 'env' | 'cwd' | 'out'>;

/** What is remembered of a choice. */
interface RememberedChoice {
  readonly agent: string;
  /** `default` when nobody could be asked: then somebody is, as soon as one can be. */
  readonly by: 'user' | 'default';
}

/** Decides which agent the messages go to: the configured one, the one chosen before, the only one, or the one that is chosen now. */
export class AgentChoice {
  readonly #configured: AgentOptions['agent'];
  readonly #file: string;

  /** @param folder where the choice is remembered */
  constructor(configured: AgentOptions['agent'], folder: string) {
    this.#configured = configured;
    this.#file = join(folder, 'choice.json');
  }

  /** @throws PREFISH_AGENT_MISSING, PREFISH_AGENT_UNKNOWN, PREFISH_INTERRUPTED when the question was left */
  async resolve(context: ChoiceContext): Promise<AgentSpec> {
    if (this.#configured !== undefined) return configuredAgent(this.#configured, context);
    const found = findAgents(context.env);
    const usable = found.filter(isUsable);
    const [first, second] = usable;
    if (first === undefined) throw missingAgent(found);
    if (second === undefined) return first.spec;
    const remembered = await this.#read();
    const known = usable.find(({ id }) => id === remembered?.agent);
    if (known !== undefined && remembered?.by === 'user') return known.spec;
    return (await this.#ask(usable, context, known)).spec;
  }

  /** The agent that the configuration names, if it names one. @throws PREFISH_AGENT_UNKNOWN */
  configured(context: Pick<ChoiceContext, 'env' | 'cwd'>): AgentSpec | undefined {
    return this.#configured === undefined ? undefined : configuredAgent(this.#configured, context);
  }

  /** The one that the first message goes to; `undefined` where there is none, or that message asks. @throws PREFISH_AGENT_UNKNOWN */
  async next(context: Pick<ChoiceContext, 'env' | 'cwd'>): Promise<AgentSpec | undefined> {
    const configured = this.configured(context);
    if (configured !== undefined) return configured;
    const usable = findAgents(context.env).filter(isUsable);
    if (usable.length === 1) return usable[0]!.spec;
    const remembered = await this.#read();
    return remembered?.by === 'user' ? usable.find(({ id }) => id === remembered.agent)?.spec : undefined;
  }

  /** The agent that had an earlier conversation. @throws PREFISH_AGENT_UNKNOWN */
  named(id: string, context: Pick<ChoiceContext, 'env' | 'cwd'>): AgentSpec {
    const configured = this.configured(context);
    return configured?.id === id ? configured : knownAgent(id, context.env);
  }

  /**
   * Chooses an agent by its name, and remembers it.
   *
   * @throws PREFISH_AGENT_UNKNOWN
   */
  async choose(name: string, context: Pick<ChoiceContext, 'env' | 'cwd'>): Promise<AgentSpec> {
    if (this.#configured !== undefined) {
      throw new PrefishError('PREFISH_AGENT_UNKNOWN', 'The configuration names the agent', {
        hint: 'Change `agent` there, or remove it to choose here.',
      });
    }
    const spec = knownAgent(name, context.env);
    await this.#write({ agent: spec.id, by: 'user' });
    return spec;
  }

  async #ask(
    usable: readonly (FoundAgent & { readonly spec: AgentSpec })[],
    { ask, out }: ChoiceContext,
    known: (FoundAgent & { readonly spec: AgentSpec }) | undefined,
  ): Promise<FoundAgent & { readonly spec: AgentSpec }> {
    const names = usable.map(({ name }) => name);
    try {
      const answer = await ask.select('Which agent do your messages go to?', names);
      const chosen = usable.find(({ name }) => name === answer) ?? usable[0]!;
      await this.#write({ agent: chosen.id, by: 'user' });
      return chosen;
    } catch (error) {
      if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    }
    if (known !== undefined) return known;
    const chosen = usable[0]!;
    out.warn(
      'PREFISH_AGENT_SEVERAL',
      `There are ${names.join(', ')}; messages go to ${chosen.name}`,
      `prefish agent ${usable[1]!.id} chooses another.`,
    );
    await this.#write({ agent: chosen.id, by: 'default' });
    return chosen;
  }

  async #read(): Promise<RememberedChoice | undefined> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as RememberedChoice;
    } catch {
      return undefined;
    }
  }

  async #write(choice: RememberedChoice): Promise<void> {
    await writeDurably(this.#file, `${JSON.stringify(choice)}\n`);
  }
}

function isUsable(agent: FoundAgent): agent is FoundAgent & { readonly spec: AgentSpec } {
  return agent.spec !== undefined;
}

/** The agent that a configuration names. @throws PREFISH_AGENT_UNKNOWN */
export function configuredAgent(
  configured: NonNullable<AgentOptions['agent']>,
  context: Pick<ChoiceContext, 'env' | 'cwd'>,
): AgentSpec {
  if (typeof configured === 'string') return knownAgent(configured, context.env);
  if ('exec' in configured) {
    const [command, ...args] = configured.exec;
    const file = programFile(command, context);
    return { kind: 'exec', id: command, name: basename(command), file, args, ...modelOf(configured) };
  }
  const { command, args = [], env = {}, mode } = configured;
  const file = programFile(command, context);
  return {
    kind: 'acp',
    id: command,
    name: basename(command),
    file,
    args,
    env,
    ...(mode === undefined ? {} : { mode }),
    ...modelOf(configured),
  };
}

function modelOf({ model }: { readonly model?: AgentModel }): { readonly model?: AgentModel } {
  return model === undefined ? {} : { model };
}

function knownAgent(name: string, env: Readonly<Record<string, string>>): AgentSpec {
  const found = findAgents(env);
  const agent = found.find((known) => known.id === name);
  if (agent === undefined) {
    throw new PrefishError('PREFISH_AGENT_UNKNOWN', `There is no agent “${name}”`, {
      hint: `Known by name: ${found.map(({ id }) => id).join(', ')}. Any other: agent: { command, args }.`,
    });
  }
  if (agent.spec !== undefined) return agent.spec;
  throw new PrefishError('PREFISH_AGENT_UNKNOWN', `${agent.name} cannot be used: ${agent.missing}`, {
    hint: agent.install,
  });
}

function programFile(command: string, { env, cwd }: Pick<ChoiceContext, 'env' | 'cwd'>): string {
  const file = command.includes('/') ? resolve(cwd, command) : findProgram(command, env['PATH']);
  if (file !== undefined && isProgram(file)) return file;
  const where = isAbsolute(command) ? '' : command.includes('/') ? ` in ${cwd}` : ' on PATH';
  throw new PrefishError('PREFISH_AGENT_UNKNOWN', `The configured agent ${command} is no program${where}`, {
    hint: 'Put it there, or change `agent` in the configuration.',
  });
}

function missingAgent(found: readonly FoundAgent[]): PrefishError {
  const looked = found.map(({ name, missing }) => `  ${name}: ${missing}`).join('\n');
  // Whoever has an agent already lacks its adapter alone.
  const ordered = found.toSorted(
    (one, other) => Number(other.lacksAdapter === true) - Number(one.lacksAdapter === true),
  );
  return new PrefishError(
    'PREFISH_AGENT_MISSING',
    `Plain text goes to a coding agent, and none was found. Looked for:\n${looked}`,
    {
      hint: [
        'One of these brings one:',
        ...ordered.map(({ install, name }) => `  ${install}  (${name})`),
        'Without one, ! and & ! and # work all the same.',
      ].join('\n'),
    },
  );
}
