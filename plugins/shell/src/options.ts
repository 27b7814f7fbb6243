/** The options of the shell plugin. */
export interface ShellOptions {
  /**
   * The words that run {@link holdShell} in a process of its own, given by the program that composes the shell.
   * Without them nothing goes to the background: `&` is the shell's own.
   */
  readonly holder?: readonly string[];
  /** The key that sends the program that runs to the background, `ctrl+` and a letter; `false` for none. Default `ctrl+b`. */
  readonly backgroundKey?: string | false;
  /** What becomes of background shells when the terminal goes and nobody can be asked. Default `end`. */
  readonly hangup?: 'end' | 'keep';
  /**
   * Whether what the user's rc file (`~/.bashrc`, `~/.zshrc`) defines is there for lines. It is read once, in
   * idle time or before the first line. Default: not, as in scripts; prefish sets it for a prompt.
   */
  readonly rc?: boolean;
}

type Issue = { readonly message: string; readonly path: readonly string[] };

/** The part of the Standard Schema interface (https://standardschema.dev) that a hand-written schema needs. */
export interface ShellOptionsSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'prefish';
    readonly types?: { readonly input: ShellOptions; readonly output: ShellOptions };
    readonly validate: (
      value: unknown,
    ) => { readonly value: ShellOptions } | { readonly issues: readonly Issue[] };
  };
}

/** {@link ShellOptions} as a Standard Schema. */
export const shellOptions: ShellOptionsSchema = {
  '~standard': {
    version: 1,
    vendor: 'prefish',
    validate: (value) => {
      const given = (value ?? {}) as ShellOptions;
      const issues = issuesOf(given);
      return issues.length > 0 ? { issues } : { value: given };
    },
  },
};

/** The control character that a key sends: `ctrl+b` is 2. */
export function controlCharacter(key: string): number {
  return key.toLowerCase().charCodeAt('ctrl+'.length) & 0x1f;
}

/** What people call the key that sends a control character: 2 is `Ctrl+B`. */
export function nameOfKey(character: number): string {
  return `Ctrl+${String.fromCharCode(character | 0x40)}`;
}

function issuesOf(given: ShellOptions): readonly Issue[] {
  const { backgroundKey: key, hangup, rc } = given;
  const known = ['holder', 'backgroundKey', 'hangup', 'rc'];
  return [
    ...Object.keys(given)
      .filter((name) => !known.includes(name))
      .map((name) => ({ message: 'is no option', path: [name] })),
    ...(key === undefined || key === false || /^ctrl\+([a-z]|[\]\\^_])$/i.test(key)
      ? []
      : [{ message: 'must be "ctrl+" and a letter, or false', path: ['backgroundKey'] }]),
    ...(hangup === undefined || hangup === 'end' || hangup === 'keep'
      ? []
      : [{ message: 'must be "end" or "keep"', path: ['hangup'] }]),
    ...(rc === undefined || typeof rc === 'boolean'
      ? []
      : [{ message: 'must be true or false', path: ['rc'] }]),
  ];
}
