import type { ShellView } from '@prefish/core';

/** Whether a task of this line reads messages while it runs. Of a prefix that is not known here, it may. */
export function takesMessages(line: string, view: Pick<ShellView, 'explain' | 'prefixes'>): boolean {
  const { prefix } = view.explain(line);
  const info = view.prefixes.find(({ id, token }) => id === prefix?.id && token === prefix.token);
  return info === undefined || (info.teleport !== false && info.teleport.messages === true);
}
