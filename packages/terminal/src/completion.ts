import type { Completion, Shell } from '@prefish/core';
import type { Offers } from './editor/line-editor.ts';

/** How {@link offersAt} is asked. */
export interface OffersOptions {
  readonly signal: AbortSignal;
  /** The id of the prefix that is active, where one is. */
  readonly prefix?: string;
}

/** What could stand at `cursor`, a UTF-16 offset in `text`, and from where on it would. On an empty line: the prefixes. */
export async function offersAt(
  shell: Shell,
  text: string,
  cursor: number,
  options: OffersOptions,
): Promise<Offers> {
  const { prefix: active } = options;
  if (text === '' && active === undefined) return { from: 0, offers: beginnings(shell) };
  const { prefix, body } = shell.explain(text, active === undefined ? {} : { prefix: active });
  // A word never reaches into the token: in `!npm`, it is `npm`.
  const start = prefix === undefined ? 0 : text.length - body.length;
  if (cursor < start) return { from: cursor, offers: [] };
  const word = /\S*$/.exec(text.slice(start, cursor))![0];
  return { from: cursor - word.length, offers: await shell.complete(text, cursor, options) };
}

function beginnings({ prefixes }: Shell): Completion[] {
  return [
    ...prefixes
      .filter(({ token }) => token !== '')
      .map(({ token, summary }) => ({ insert: token, detail: summary })),
    { insert: '/', detail: 'Run a command' },
  ];
}
