import { parseArgs } from 'node:util';
import { errorMessage, PrefishError } from '@prefish/protocol';

/** When colours are used. */
export type Color = 'auto' | 'always' | 'never';

/** The flags that every way of calling prefish takes. */
export interface Flags {
  readonly json: boolean;
  readonly inputJson: boolean;
  /** Lines of a script that begin with `#` are notes, not comments. */
  readonly memory: boolean;
  readonly yes: boolean;
  readonly color: Color;
  readonly cwd?: string;
  /** The configuration file that wins over those that are found. */
  readonly config?: string;
  /** No configuration file at all, and no installed plugins. */
  readonly noConfig: boolean;
  readonly server?: string;
  /** Modules to load as plugins, as they were named. */
  readonly plugins: readonly string[];
  /** Load a plugin anew when its files change. Only in the interactive shell. */
  readonly watch: boolean;
  /** The conversation with the agent that the first message continues: `last`, or its id. */
  readonly resume?: string;
  /** Where installed plugins are, for the prefish in a task: its own data folder is empty. */
  readonly pluginsFolder?: string;
}

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: 'version' }
  /** `words`: the command about which help is wanted; none for all. */
  | { readonly kind: 'help'; readonly words: readonly string[]; readonly flags: Flags }
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly flags: Flags }
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly words: readonly string[];
      readonly flags: Flags;
    }
  /** Lines from standard input: a script, or a person. */
  | { readonly kind: 'input'; readonly flags: Flags };

const common = {
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  color: { type: 'string' },
  cwd: { type: 'string' },
  config: { type: 'string' },
  'no-config': { type: 'boolean' },
  plugin: { type: 'string', multiple: true },
  server: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const options = {
  ...common,
  command: { type: 'string', short: 'c', multiple: true },
  'input-json': { type: 'boolean' },
  memory: { type: 'boolean' },
  continue: { type: 'boolean' },
  resume: { type: 'string' },
  'plugins-folder': { type: 'string' },
  version: { type: 'boolean', short: 'V' },
  watch: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options; strict: true }>>['values'];

/**
 * Reads a command line, without the program's own name. The common flags may also stand behind the
 * name of a command, up to `--`.
 *
 * @throws PREFISH_USAGE
 */
export function parseArguments(argv: readonly string[]): Invocation {
  const [flag, line, ...more] = argv;
  // How prefish is usually called, a millisecond sooner: what Node reads arguments with is loaded for the other ways.
  if (flag === undefined) return { kind: 'input', flags: flagsOf({}) };
  if (flag === '-c' && line !== undefined && !line.startsWith('-') && more.length === 0)
    return { kind: 'lines', lines: [line], flags: flagsOf({}) };
  const at = commandIndex(argv);
  const own = extractCommonFlags(argv.slice(at + 1));
  const values = parseStrictly([...argv.slice(0, at), ...(at < argv.length ? own.flags : [])]);
  const flags = flagsOf(values);
  const name = argv[at];
  if (values.version) return { kind: 'version' };
  if (values.help) return { kind: 'help', words: name === undefined ? [] : [name, ...own.words], flags };
  if (flags.watch && (flags.json || name !== undefined || values.command !== undefined))
    throw watchesPrompt();
  if (values.command !== undefined) {
    if (name !== undefined) throw unexpected(name, 'A line with spaces is one argument: quote it.');
    return { kind: 'lines', lines: values.command, flags };
  }
  if (flags.inputJson) {
    throw new PrefishError('PREFISH_USAGE', '--input-json needs a line to run', { hint: 'Name it with -c.' });
  }
  if (name === undefined) return { kind: 'input', flags };
  if (name === 'help') return { kind: 'help', words: own.words, flags };
  return { kind: 'command', name, words: own.words, flags };
}

/** Where the name of a command stands; the length of `argv` when there is none. */
function commandIndex(argv: readonly string[]): number {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const first = tokens.find(({ kind }) => kind === 'positional');
  return first?.index ?? argv.length;
}

/** Takes the common flags out of the words that follow a command's name. */
function extractCommonFlags(argv: readonly string[]): { flags: string[]; words: string[] } {
  const { tokens } = parseArgs({ args: [...argv], options: common, strict: false, tokens: true });
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !Object.hasOwn(common, token.name)) continue;
    if (token.rawName !== `--${token.name}` && token.name !== 'help') continue;
    taken.add(token.index);
    if (token.value !== undefined && !token.inlineValue) taken.add(token.index + 1);
  }
  return {
    flags: argv.filter((_, index) => taken.has(index)),
    words: argv.filter((_, index) => !taken.has(index)),
  };
}

function parseStrictly(args: string[]): Values {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    const unknown = /^Unknown option '(.*?)'/.exec(errorMessage(cause))?.[1];
    const message =
      unknown === undefined ? firstSentence(errorMessage(cause)) : `There is no option ${unknown}`;
    throw new PrefishError('PREFISH_USAGE', message, { hint: 'prefish --help lists the options.', cause });
  }
}

function flagsOf(values: Values): Flags {
  const { color = 'auto', cwd, server, plugin = [] } = values;
  if (color !== 'auto' && color !== 'always' && color !== 'never') {
    throw new PrefishError('PREFISH_USAGE', `--color takes auto, always or never, not "${color}"`);
  }
  if (values.continue && values.resume !== undefined) {
    throw new PrefishError('PREFISH_USAGE', '--continue and --resume contradict each other', {
      hint: '--continue takes the last conversation here, --resume the one whose id it is given.',
    });
  }
  const resume = values.continue ? 'last' : values.resume;
  const noConfig = values['no-config'] ?? false;
  if (values.config !== undefined && noConfig) {
    throw new PrefishError('PREFISH_USAGE', '--config and --no-config contradict each other', {
      hint: 'Leave one of them out.',
    });
  }
  return {
    json: values.json ?? false,
    inputJson: values['input-json'] ?? false,
    memory: values.memory ?? false,
    yes: values.yes ?? false,
    color,
    noConfig,
    plugins: plugin,
    watch: values.watch ?? false,
    ...(resume === undefined ? {} : { resume }),
    ...(values['plugins-folder'] === undefined ? {} : { pluginsFolder: values['plugins-folder'] }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(server === undefined ? {} : { server }),
  };
}

/** What `--watch` says where no person types lines. */
export function watchesPrompt(): PrefishError {
  return new PrefishError('PREFISH_USAGE', '--watch is for the interactive shell', {
    hint: 'prefish --plugin ./notes.ts --watch',
  });
}

function unexpected(word: string, hint: string): PrefishError {
  return new PrefishError('PREFISH_USAGE', `"${word}" was not expected behind -c`, { hint });
}

function firstSentence(message: string): string {
  return message.split('\n')[0]!.replace(/\.$/, '');
}
