/** The options of the tasks plugin. */
export interface TasksOptions {
  /** Say at the start, and behind later lines, what has ended or asks since the user looked. For a shell that a person sits at. Default: no. */
  readonly news?: boolean;
}

/** The part of the Standard Schema interface (https://standardschema.dev) that a hand-written schema needs. */
export interface TasksOptionsSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'prefish';
    readonly types?: { readonly input: TasksOptions; readonly output: TasksOptions };
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: TasksOptions }
      | { readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[] };
  };
}

/** {@link TasksOptions} as a Standard Schema. */
export const tasksOptions: TasksOptionsSchema = {
  '~standard': {
    version: 1,
    vendor: 'prefish',
    validate: (value) => {
      const given = (value ?? {}) as TasksOptions;
      const unknown = Object.keys(given).filter((name) => name !== 'news');
      const issues = [
        ...unknown.map((name) => ({ message: 'is no option', path: [name] })),
        ...(given.news === undefined || typeof given.news === 'boolean'
          ? []
          : [{ message: 'must be true or false', path: ['news'] }]),
      ];
      return issues.length > 0 ? { issues } : { value: given };
    },
  },
};
