import { parseArgs } from 'node:util';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { ArgsSpec } from './command.ts';
import type { Completion } from './prefix.ts';
import { readWord } from './words.ts';

/** The leading options of a body, and the body behind them, byte for byte. */
export interface LeadingOptions {
  readonly values: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/**
 * Reads the options that a body begins with: they end at the first word that does not begin with
 * `--`, or at `--`. One space behind them belongs to them.
 *
 * @throws PREFISH_OPTION_UNKNOWN for one that `spec` does not have, PREFISH_USAGE for a missing value
 */
export function parseLeadingOptions(body: string, spec: ArgsSpec, prefixId: string): LeadingOptions {
  const words: string[] = [];
  let end = 0;
  for (;;) {
    if (!/^[ \t]*--/.test(body.slice(end))) break;
    const word = readWord(body, end)!;
    end = word.end;
    if (word.text === '--') break;
    const name = /^--([^=]+)/.exec(word.text)?.[1] ?? '';
    const option = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (option === undefined) throw unknownOption(name, spec, prefixId);
    if (option.type === 'boolean' || word.text.includes('=')) {
      words.push(word.text);
      continue;
    }
    const value = readWord(body, end);
    if (value === undefined)
      throw new PrefishError('PREFISH_USAGE', `--${name} of the prefix "${prefixId}" needs a value`);
    // Joined, because parseArgs refuses a separate value that begins with a dash.
    words.push(`${word.text}=${value.text}`);
    end = value.end;
  }
  if (end === 0) return { values: defaultsOf(spec), body };
  try {
    const { values } = parseArgs({
      args: words,
      options: optionsOf(spec),
      strict: true,
      allowPositionals: false,
    });
    return { values, body: body.slice(end).replace(/^ /, '') };
  } catch (cause) {
    throw new PrefishError('PREFISH_USAGE', errorMessage(cause), { cause });
  }
}

/**
 * The options that could stand at the end of `before`, the beginning of a body: none, unless it ends with
 * a word that begins with `--` and everything before that word is leading options. One that was given is not
 * offered again, unless it is for several values.
 */
export function offerLeadingOptions(before: string, spec: ArgsSpec, prefixId: string): Completion[] {
  const [, head, beginning] = /^((?:.*[ \t])?)--([^\s=]*)$/s.exec(before) ?? [];
  if (head === undefined || beginning === undefined) return [];
  let given: LeadingOptions['values'];
  try {
    // Throws when the word would be the value of the option before it; behind a `--`, this one would be text.
    given = parseLeadingOptions(head, spec, prefixId).values;
    if (parseLeadingOptions(`${head}--`, spec, prefixId).body !== '') return [];
  } catch {
    return [];
  }
  return Object.entries(spec)
    .filter(([name]) => name.startsWith(beginning))
    .filter(([name, option]) => option.multiple || given[name] === option.default)
    .map(([name, { summary }]) => ({
      insert: `--${name}`,
      ...(summary === undefined ? {} : { detail: summary }),
    }));
}

/** The part of a spec that `parseArgs` knows. */
export function optionsOf(
  spec: ArgsSpec,
): Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string; default?: never }> {
  return Object.fromEntries(
    Object.entries(spec).map(([name, { type, multiple, short, default: value }]) => [
      name,
      {
        type,
        ...(multiple === undefined ? {} : { multiple }),
        ...(short === undefined ? {} : { short }),
        ...(value === undefined ? {} : { default: value as never }),
      },
    ]),
  );
}

function defaultsOf(spec: ArgsSpec): Record<string, unknown> {
  return parseArgs({ args: [], options: optionsOf(spec) }).values;
}

function unknownOption(name: string, spec: ArgsSpec, prefixId: string): PrefishError {
  const known = Object.keys(spec).map((option) => `--${option}`);
  return new PrefishError('PREFISH_OPTION_UNKNOWN', `The prefix "${prefixId}" has no option --${name}`, {
    hint: `${known.length > 0 ? `It has ${known.join(', ')}. ` : ''}To begin the line itself with dashes, put -- before it.`,
  });
}
