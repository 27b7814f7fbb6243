import { constants } from 'node:os';
import { PrefishError, errorMessage, type Exit } from '@prefish/core';

/** The variable by which everything that a line started is known, wherever it went. */
export const lineVariable = 'PREFISH_LINE';

/** A shell to be started for one line. */
export interface ShellProcess {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The value of {@link lineVariable}. */
  readonly id: string;
}

/** `PREFISH_SHELL_MISSING` for a shell that the system would not start. */
export function cannotStart(shell: ShellProcess, cause: unknown): PrefishError {
  return new PrefishError(
    'PREFISH_SHELL_MISSING',
    `${shell.file} cannot be started: ${errorMessage(cause)}`,
    {
      cause,
    },
  );
}

/** The name of a signal by its number; 0 is none. */
export function signalName(number: number | undefined): string | undefined {
  if (!number) return undefined;
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  return entry?.[0] ?? `SIG${number}`;
}

/** How a process ended, from what Node reports of it. */
export function exitFrom(code: number | null, signal: string | null | undefined): Exit {
  return signal ? { signal } : { code: code ?? 1 };
}
