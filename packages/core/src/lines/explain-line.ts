import { parseLeadingOptions } from '../leading-options.ts';
import type { Registry } from '../registration/registry.ts';
import type { Explanation } from '../shell.ts';
import { noOwner, perhapsMeant, refusal } from './refusal.ts';
import { routeInput } from './run-line.ts';

/** Says who would take a line, and why, without running anything. */
export function explainLine(registry: Registry, text: string, active?: string): Explanation {
  const line = routeInput(registry, active === undefined ? { text } : { text, prefix: active });
  if (line.kind === 'prefix') {
    const { id, token, plugin } = line.prefix;
    return {
      prefix: { id, token, plugin },
      body: line.body,
      ...readArgs(registry, id, line.body),
      reason:
        active === undefined
          ? `${JSON.stringify(token)} is the longest token that the line begins with; ${plugin} owns it`
          : `The prefix "${id}" is active; ${plugin} owns it`,
    };
  }
  if (line.kind === 'command') {
    const { plugin } = registry.command(line.name)!;
    return {
      command: { name: line.name, plugin },
      body: line.body,
      reason: `/${line.name} is a command of ${plugin}`,
    };
  }
  if (line.kind === 'refused') {
    const refused = refusal(line.claim);
    return { body: line.body, reason: refused.message, refused };
  }
  const [owner, second] = registry.table.claim('')?.owners ?? [];
  const why = line.body === line.text ? 'No token matches' : 'The backslash makes it plain text';
  if (owner === undefined || second !== undefined) {
    const refused = noOwner(registry, line);
    return { body: line.body, reason: `${why}, and nobody takes plain text`, refused };
  }
  const hint = perhapsMeant(registry, line);
  return {
    prefix: { id: owner.id, token: '', plugin: owner.plugin },
    body: line.body,
    reason: `${why}: plain text goes to ${owner.plugin}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The leading options of a body, or why the line would be refused for them. */
function readArgs(registry: Registry, id: string, body: string): Pick<Explanation, 'args' | 'refused'> {
  const spec = registry.prefix(id)?.prefix.args;
  if (spec === undefined) return {};
  try {
    return { args: parseLeadingOptions(body, spec, id) };
  } catch (error) {
    return { refused: error as Error };
  }
}
