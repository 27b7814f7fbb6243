/** What the plugin is told by whoever loads it. */
export interface MemoryOptions {
  readonly folders: {
    /** Where locks and what `undo` needs are kept: outside the user's repository. An absolute path. */
    readonly state: string;
  };
}

type Validated =
  | { readonly value: MemoryOptions }
  | { readonly issues: readonly { readonly message: string }[] };

/** {@link MemoryOptions} as a Standard Schema, written out: one field is not worth a library. */
export const optionsSchema: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'prefish';
    readonly validate: (value: unknown) => Validated;
    readonly types?: { readonly input: MemoryOptions; readonly output: MemoryOptions };
  };
} = {
  '~standard': {
    version: 1,
    vendor: 'prefish',
    validate(value) {
      const state = (value as Partial<MemoryOptions> | undefined)?.folders?.state;
      return typeof state === 'string' && state.startsWith('/')
        ? { value: { folders: { state } } }
        : { issues: [{ message: 'folders.state must be an absolute path' }] };
    },
  },
};
