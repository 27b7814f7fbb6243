import type { SubmitTask } from '@prefish/protocol';

/** Variables that say who and where one is on a machine. */
const names = ['HOME', 'USER', 'LOGNAME', 'SHELL'] as const;

/**
 * The PATH and the variables of a task: its submitter's, whose machine this is, else those that this server was
 * started with, and of the submitter's what holds on any machine.
 */
export function placeOfTask(
  { elsewhere, path, env }: Pick<SubmitTask, 'elsewhere' | 'path' | 'env'>,
  own: Readonly<Record<string, string | undefined>> = process.env,
): { readonly path: string; readonly env: Readonly<Record<string, string>> } {
  if (elsewhere !== true) return { path, env };
  const here = names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]]));
  return { path: own['PATH'] ?? '', env: { ...env, ...Object.fromEntries(here) } };
}
