import type { JsonSchema } from './json-schema.ts';
import type { Tool } from './tools.ts';

/** What a request tells of the conversation, in the terms of no protocol in particular. */
export interface Turn {
  readonly model: string;
  readonly tools: readonly Tool[];
  /** What was said to the model, and what tools answered, the oldest first. */
  readonly items: readonly ({ readonly said: string } | { readonly result: string })[];
  readonly stream: boolean;
  /** What the answer has to look like, where that is asked for: JSON Schema. */
  readonly schema?: JsonSchema;
}

/** One thing that the prompt told the model to do. */
export type Directive =
  | { readonly does: 'say'; readonly text: string }
  | { readonly does: 'write'; readonly path: string; readonly text: string }
  | { readonly does: 'bash'; readonly command: string }
  | { readonly does: 'hang' };

const directive =
  /^\s*FAKE (?:(?<say>say) (?<words>.*)|(?<write>write) (?<path>\S+) <<(?<text>.*)|(?<bash>bash) (?<command>.*)|(?<hang>hang))\s*$/;

/**
 * What the model has to do now: the directives of the last prompt that has any, one request for each tool that
 * is called. Tools that have answered since then are done with. Undefined for a prompt that has none.
 */
export function directivesOf({ items }: Turn): readonly Directive[] | undefined {
  const last = items.findLastIndex((item) => 'said' in item && parse(item.said).length > 0);
  const prompt = items[last];
  if (prompt === undefined || !('said' in prompt)) return undefined;
  let answered = items.slice(last).filter((item) => 'result' in item).length;
  const left = parse(prompt.said);
  while (answered > 0 && left.length > 0) if (callsTool(left.shift()!)) answered -= 1;
  const next = left.findIndex((step) => callsTool(step) || step.does === 'hang');
  return next === -1 ? left : left.slice(0, next + 1);
}

function callsTool({ does }: Directive): boolean {
  return does === 'write' || does === 'bash';
}

function parse(prompt: string): Directive[] {
  return prompt.split('\n').flatMap((line): Directive[] => {
    const found = directive.exec(line)?.groups;
    if (found === undefined) return [];
    if (found['say']) return [{ does: 'say', text: found['words']! }];
    if (found['write']) return [{ does: 'write', path: found['path']!, text: `${found['text']!}\n` }];
    if (found['bash']) return [{ does: 'bash', command: found['command']! }];
    return [{ does: 'hang' }];
  });
}
