import type { ShellView } from '@prefish/core';

/** What is said where there is no task: that, and how to start one, in the tokens of this shell. */
export function howToStart({ prefixes }: ShellView): string {
  const token = (id: string): string | undefined => prefixes.find((prefix) => prefix.id === id)?.token;
  const [teleport, shell] = [token('teleport'), token('shell')];
  const example =
    teleport === undefined || shell === undefined ? '' : `\nStart one: ${teleport} ${shell}npm test`;
  return `No background tasks${example}`;
}
