import type { Bench } from './row.ts';
import { startOnTerminal, type TerminalProgram } from './terminal-program.ts';

/** Bracketed paste is switched on: a line editor is ready for a line. */
export const takesLines: RegExp = /\u001B\[\?2004h/;

/** A shell that has run a line: everything that it loads for one is there. */
export async function readyShell({
  node,
  prefish,
  folder: cwd,
  env,
}: Pick<Bench, 'node' | 'prefish' | 'folder' | 'env'>): Promise<TerminalProgram> {
  const shell = startOnTerminal(node, [prefish], { cwd, env });
  await shell.writes(takesLines);
  await runLine(shell, "!echo is re''ady", /is ready/);
  return shell;
}

/** Types a line; resolves, once the shell takes the next one, with the milliseconds until it wrote `pattern`. */
export async function runLine(shell: TerminalProgram, line: string, pattern: RegExp): Promise<number> {
  const written = shell.writes(pattern);
  const prompted = shell.writes(takesLines);
  shell.write(`${line}\r`);
  await prompted;
  return written;
}
