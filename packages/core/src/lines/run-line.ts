import { errorMessage, PrefishError } from '@prefish/protocol';
import { parseCommand } from '../command-args.ts';
import type { Command } from '../command.ts';
import { HookCall } from '../hooks/hook-call.ts';
import type { Input, Provenance } from '../input.ts';
import { parseLeadingOptions } from '../leading-options.ts';
import type { Outcome } from '../outcome.ts';
import { pass, type PrefixInfo } from '../prefix.ts';
import type { Registry } from '../registration/registry.ts';
import { route, type Route } from '../route.ts';
import { splitWords } from '../words.ts';
import { createLineContext } from './line-context.ts';
import { noOwner, refusal } from './refusal.ts';
import { runHandler, type Handler, type LineRunner } from './run-handler.ts';

/** A line on its way: where it goes as far as is known now. */
interface Going {
  line: Route;
}

/** How often a line may be forwarded before that is taken for a circle. */
const maxForwards = 10;

/** Runs one input to its outcome, through the hooks, following forwards. */
export async function runLine(shell: LineRunner, input: Input, signal: AbortSignal): Promise<Outcome> {
  let current = input;
  for (let forwards = 0; forwards <= maxForwards; forwards++) {
    const given = current;
    const going: Going = { line: routeInput(shell.registry, given) };
    const outcome = await settle(shell, going, signal, async () => {
      current = await rewritten(shell, given, signal);
      if (current !== given) going.line = routeInput(shell.registry, current);
      return dispatch(shell, going, current, signal);
    });
    if (outcome.type !== 'forward') return outcome;
    const { text: _, prefix: __, ...provenance } = current;
    current = { ...provenance, text: outcome.text };
  }
  throw new PrefishError(
    'PREFISH_DENIED',
    `The line was forwarded more than ${maxForwards} times: ${input.text}`,
    {
      hint: 'Two plugins forward it to each other.',
    },
  );
}

/** Where an input goes: to the prefix that is active for it, or where its first characters say. */
export function routeInput(registry: Registry, { text, prefix }: Pick<Input, 'text' | 'prefix'>): Route {
  return prefix === undefined ? route(text, registry.table) : registry.routeTo(prefix, text);
}

async function rewritten(shell: LineRunner, input: Input, signal: AbortSignal): Promise<Input> {
  const { input: hook } = shell.hooks;
  if (hook.taps.length === 0) return input;
  const call = new HookCall({ deadlineMs: shell.hookDeadlineMs, signal });
  return (await call.run(() => hook.promise(input))) ?? input;
}

/** Runs one command by name with words, as `prefish NAME WORDS…` does. */
export function runCommand(
  shell: LineRunner,
  name: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const text = `/${[name, ...words].join(' ')}`;
  const going: Going = { line: { kind: 'command', name, body: words.join(' '), text } };
  return settle(shell, going, signal, () => dispatch(shell, going, { origin: 'script' }, signal, words));
}

/** Runs a line and lets the taps hear how it ended, refused ones too. */
async function settle(
  shell: LineRunner,
  going: Going,
  signal: AbortSignal,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  let result: Outcome | Error;
  try {
    result = await run();
  } catch (error) {
    result = error instanceof Error ? error : new Error(errorMessage(error));
  }
  const { settled } = shell.hooks;
  if (settled.taps.length > 0) {
    // Whoever keeps a record hears of an interrupted line too, and has as long as a handler would.
    const call = new HookCall({ deadlineMs: signal.aborted ? shell.graceMs : shell.hookDeadlineMs });
    await call
      .run(() => settled.promise(going.line, result))
      .catch((error: unknown) => shell.log.report('warning', error));
  }
  if (result instanceof Error) throw result;
  return result;
}

/** Asks the taps, then runs the owner. A line that is passed on goes the same way again, as the text that it is. */
async function dispatch(
  shell: LineRunner,
  going: Going,
  from: Provenance,
  signal: AbortSignal,
  words?: readonly string[],
): Promise<Outcome> {
  for (;;) {
    const { line } = going;
    const decided = await decision(shell, line, from, signal);
    if (decided !== undefined) return decided;
    if (line.kind === 'refused') throw refusal(line.claim);
    const handler = handlerOf(shell.registry, line, words);
    const result = await runHandler(shell, handler, from, signal);
    if (result !== pass) return result;
    if (line.kind === 'text') throw noOwner(shell.registry, line, handler.plugin);
    going.line = { kind: 'text', body: line.text, text: line.text };
  }
}

/** What the taps of `dispatch` decide in place of the owner of the line. */
async function decision(
  shell: LineRunner,
  line: Route,
  from: Provenance,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { dispatch: hook } = shell.hooks;
  if (hook.taps.length === 0) return undefined;
  const call = new HookCall({ deadlineMs: shell.hookDeadlineMs, signal });
  const { context, detach } = createLineContext({ ...shell, plugin: 'hook dispatch', from, signal });
  try {
    return await call.run(() => hook.promise(line, call.unhurried(context)));
  } finally {
    detach();
  }
}

function handlerOf(
  registry: Registry,
  line: Exclude<Route, { kind: 'refused' }>,
  words: readonly string[] | undefined,
): Handler {
  if (line.kind === 'text') return textHandler(registry, line);
  if (line.kind === 'prefix') {
    const registered = registry.prefix(line.prefix.id);
    if (registered === undefined) throw unloaded(line.prefix);
    const { prefix, plugin } = registered;
    return {
      plugin,
      hook: `prefix ${prefix.id}`,
      run: (context) => {
        if (prefix.args === undefined) return prefix.run(line.body, context, {});
        const { values, body } = parseLeadingOptions(line.body, prefix.args, prefix.id);
        return prefix.run(body, context, values as never);
      },
    };
  }
  const command = registry.command(line.name);
  if (command === undefined) {
    throw new PrefishError('PREFISH_UNKNOWN_COMMAND', `There is no command "${line.name}"`, {
      hint: 'prefish --help lists them.',
    });
  }
  return {
    plugin: command.plugin,
    hook: `command ${command.name}`,
    run: (context) => {
      const parsed = parseCommand(command, words ?? wordsOf(command, line.body));
      return parsed.command.run(parsed.args, context);
    },
  };
}

/** A line that is given in quotes, as a system's shell needs them, is what stands in them. */
function wordsOf({ verbatim }: Command, body: string): readonly string[] {
  const words = splitWords(body);
  const isQuoted = words.length === 1 && /^\s*(['"])[^]*\1\s*$/.test(body);
  if (verbatim !== true || words.length === 0 || isQuoted) return words;
  return ['--', body];
}

/** For a prefix that was there when the line was routed. */
function unloaded({ token, plugin }: PrefixInfo): PrefishError {
  return refusal({ token, owners: [], unavailable: `${plugin} was unloaded` });
}

function textHandler(registry: Registry, line: Extract<Route, { kind: 'text' }>): Handler {
  const [owner, second] = registry.table.claim('')?.owners ?? [];
  if (owner === undefined || second !== undefined) throw noOwner(registry, line);
  const { prefix, plugin } = registry.prefix(owner.id)!;
  return {
    plugin,
    hook: `prefix ${prefix.id}`,
    run: (context) => prefix.run(line.body, context, {}),
  };
}
