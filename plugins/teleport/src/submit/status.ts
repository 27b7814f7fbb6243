import type { RunContext } from '@prefish/core';

/**
 * Says how a line that is sent is getting on. A person reads it where they look; a script finds it on standard
 * error, so that its standard output holds what it asked for.
 */
export function sayStatus({ out, terminal }: Pick<RunContext, 'out' | 'terminal'>, text: string): void {
  if (terminal === undefined) out.write(`${text}\n`, 'stderr');
  else out.line(text);
}
