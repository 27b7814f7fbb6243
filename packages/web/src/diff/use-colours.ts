import { useEffect, useState } from 'preact/hooks';
import type { Chunk } from 'parse-diff';
import type { Token } from '../code/highlight.ts';
import { loadHighlight } from '../code/load-highlight.ts';
import { visible } from '../text/visible.ts';
import type { Change } from './pairs.ts';

/** The tokens of the lines whose language is known. */
export type Colours = ReadonlyMap<Change, readonly Token[]>;

const none: Colours = new Map();

/** The colours of the lines of a file, once what makes them has been loaded. */
export function useColours(chunks: readonly Chunk[], path: string): Colours {
  const [colours, setColours] = useState<{ readonly of: readonly Chunk[]; readonly colours: Colours }>();
  useEffect(() => {
    const language = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
    if (language === undefined) return;
    let gone = false;
    void loadHighlight().then((highlight) => {
      if (gone || highlight === undefined) return;
      const { tokenLines } = highlight;
      const found = new Map<Change, readonly Token[]>();
      const colour = (changes: readonly Change[]): void => {
        const lines = changes.map(({ content }) => visible(content.slice(1)));
        for (const [index, tokens] of tokenLines(lines, language)?.entries() ?? []) {
          const change = changes[index];
          if (change !== undefined) found.set(change, tokens);
        }
      };
      // Each side of a chunk is code by itself; what is on both is coloured as it is now.
      for (const { changes } of chunks) {
        colour(changes.filter(({ type }) => type !== 'add'));
        colour(changes.filter(({ type }) => type !== 'del'));
      }
      setColours({ of: chunks, colours: found });
    });
    return () => {
      gone = true;
    };
  }, [chunks, path]);
  return colours?.of === chunks ? colours.colours : none;
}
