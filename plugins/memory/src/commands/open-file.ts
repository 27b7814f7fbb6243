import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { PrefishError, type Outcome, type RunContext } from '@prefish/core';

/**
 * Opens a file in the user's editor. In the shell that is a `!` line, so that the editor gets a
 * terminal as any other program does; outside, the editor gets prefish's own.
 *
 * @throws PREFISH_NO_TTY where there is no terminal; PREFISH_PREFIX_UNAVAILABLE in a shell without `!`
 */
export async function openFile(path: string, context: RunContext): Promise<Outcome> {
  if (context.terminal === undefined) {
    throw new PrefishError('PREFISH_NO_TTY', `An editor needs a terminal and there is none: ${path}`);
  }
  const editor = context.env['VISUAL'] || context.env['EDITOR'] || 'vi';
  if (context.origin === 'script' || context.origin === 'api') return runEditor(editor, path, context);
  const shell = context.shell.prefixes.find(({ id }) => id === 'shell');
  if (shell === undefined) {
    throw new PrefishError('PREFISH_PREFIX_UNAVAILABLE', `There is no prefix that could run ${editor}.`, {
      hint: `Open it yourself: ${path}`,
    });
  }
  return { type: 'forward', text: `${shell.token}${editor} ${quoted(path)}` };
}

/** VISUAL and EDITOR are a piece of shell, as for git: `code --wait`. */
function runEditor(editor: string, path: string, { cwd, env, signal }: RunContext): Promise<Outcome> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], {
    cwd,
    env,
    signal,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      const exit = code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]);
      resolve({ type: 'ok', exit: { code: exit } });
    });
  });
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
