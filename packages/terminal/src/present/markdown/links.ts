import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Style } from '@prefish/screen';

/** Where a link of an answer leads: a page, or a file that is there. Nothing else can be opened by a click. */
export function linkTarget(written: string): URL | undefined {
  if (/^https?:\/\//i.test(written)) return URL.canParse(written) ? new URL(written) : undefined;
  if (/^[a-z][a-z+.-]*:/i.test(written) || written === '') return undefined;
  // `src/a.ts:12` and `src/a.ts#L12` name a line.
  const path = resolve(decode(written).replace(/(?:#.*|:\d+(?:[:-]\d+)?)$/, ''));
  return existsSync(path) ? pathToFileURL(path) : undefined;
}

/**
 * A link as it is shown: where the terminal knows links, its text; elsewhere, and where the text
 * claims to be another address than the link has, with the address behind it.
 *
 * @returns the words and how each is painted
 */
export function showLink(
  text: string,
  written: string,
  { style, hyperlinks }: { readonly style: Style; readonly hyperlinks: boolean },
): { readonly text: string; readonly paint: (word: string) => string } {
  const target = linkTarget(written);
  const isHonest = text === written || !/^(?:https?:\/\/|www\.)/i.test(text);
  const isPage = target !== undefined && target.protocol !== 'file:';
  const isSaid =
    text.includes(written) || (hyperlinks && target !== undefined) || (!isPage && target !== undefined);
  const shown = isHonest && isSaid ? text : `${text} (${written})`;
  if (!hyperlinks || target === undefined) return { text: shown, paint: style.blue };
  return { text: shown, paint: (word) => hyperlink(style.blue(word), target.href) };
}

/** OSC 8, with an id of its address: the words of one link are one link. */
export function hyperlink(text: string, url: string): string {
  return `\x1b]8;id=${identity(url)};${url}\x1b\\${text}\x1b]8;;\x1b\\`;
}

function identity(url: string): string {
  let hash = 0;
  for (let index = 0; index < url.length; index++) hash = (hash * 31 + url.charCodeAt(index)) >>> 0;
  return hash.toString(36);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
