import { command, type SandboxHome } from './sandbox-home.ts';
import { openTerminal, type TerminalSession } from './terminal.ts';

/**
 * prefish in a shell that says how it left the terminal: `ended CODE`, and then {@link untouched}.
 *
 * @param options for its Node
 */
export function openWatched(t: Pick<SandboxHome, 'home' | 'env'>, options: string = ''): TerminalSession {
  const script = `"$PREFISH_NODE" $PREFISH_OPTIONS "$PREFISH_ENTRY"; echo "ended $?"
    stty -a | grep -oE '(^| )-?(icanon|opost|echo|isig)\\b' | sort | xargs echo modes:`;
  return openTerminal(t, [script], {
    program: ['/bin/bash', '-c'],
    env: { PREFISH_NODE: process.execPath, PREFISH_ENTRY: command, PREFISH_OPTIONS: options },
  });
}

/** The row that says of a terminal that it is as shells expect it. */
export const untouched: RegExp = /^modes: echo icanon isig opost$/m;

/** The number in the first group of `pattern`, once the screen matches. */
export async function numberIn(shell: TerminalSession, pattern: RegExp): Promise<number> {
  await shell.shows(pattern);
  return Number(pattern.exec(shell.screen())![1]);
}
