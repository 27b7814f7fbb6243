/** What the plugin is told by whoever loads it; a configuration may set all but `folders`. */
export interface MemoryOptions {
  readonly folders: {
    /** Where locks and what `undo` needs are kept: outside the user's repository. An absolute path. */
    readonly state: string;
  };
  /** Where notes go: `project`, `local`, `user`, or a Markdown file, relative to the top of the repository. Default: `project`. */
  readonly default?: string;
  /** Whether the first note of a shell asks, where several memory files exist. Default: true. */
  readonly ask?: boolean;
  /** The heading under which notes go. Default: `Remember`. */
  readonly section?: string;
}

/** {@link MemoryOptions} with their defaults. */
export type MemorySettings = Required<MemoryOptions>;

interface Issue {
  readonly message: string;
  readonly path?: readonly string[];
}

/** {@link MemoryOptions} as a Standard Schema, written out: four fields are not worth a library. */
export const optionsSchema: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'prefish';
    readonly validate: (
      value: unknown,
    ) => { readonly value: MemorySettings } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: MemoryOptions; readonly output: MemorySettings };
  };
} = {
  '~standard': {
    version: 1,
    vendor: 'prefish',
    validate(value) {
      const given = (value ?? {}) as Partial<MemoryOptions>;
      const { default: place = 'project', ask = true, section = 'Remember' } = given;
      const state = given.folders?.state;
      const issues: Issue[] = [];
      const check = (fits: boolean, path: string, message: string): void => {
        if (!fits) issues.push({ message, path: path.split('.') });
      };
      check(typeof state === 'string' && state.startsWith('/'), 'folders.state', 'must be an absolute path');
      check(
        typeof place === 'string' && (isScope(place) || isMarkdown(place)),
        'default',
        'must be project, local, user or a path that ends in .md',
      );
      check(typeof ask === 'boolean', 'ask', 'must be true or false');
      check(
        typeof section === 'string' && /^[^\s#\p{Cc}](?:[^\p{Cc}]*[^\s#\p{Cc}])?$/u.test(section),
        'section',
        'must be the text of a heading, without #',
      );
      for (const name of Object.keys(given)) {
        check(
          ['folders', 'default', 'ask', 'section'].includes(name),
          name,
          'is no option; there are default, ask and section',
        );
      }
      return issues.length > 0
        ? { issues }
        : { value: { folders: { state: state! }, default: place, ask, section } };
    },
  },
};

/** The places that have a name. */
export type Scope = 'project' | 'local' | 'user';

export function isScope(name: string): name is Scope {
  return name === 'project' || name === 'local' || name === 'user';
}

/** Whether a path names a Markdown file: no other file gets notes. */
export function isMarkdown(path: string): boolean {
  return /[^/]\.(?:md|mdc|markdown)$/i.test(path);
}
