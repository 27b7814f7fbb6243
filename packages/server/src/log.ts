/** Where the server's log lines go. `fields` never hold lines, variables or other secrets of a task. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
