import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Match, matchesIn } from './find.ts';
import { highlightMatches, reveal } from './highlight-matches.ts';
import type { Transcript } from './transcript.ts';

/** For so many frames a match is brought into view again: what is drawn on the way turns out to be higher or lower. */
const settling = 40;

/** What is looked for in a transcript, and where somebody is in it. */
export interface Finding {
  readonly query: string;
  /** How many places hold it, and at which of them somebody is, from 0. */
  readonly found: number;
  readonly at: number;
  look(query: string): void;
  step(by: 1 | -1): void;
}

/** Looks for a text in a transcript, and leads to the places that hold it. */
export function useFind(props: {
  readonly transcript: Transcript;
  readonly finding: boolean;
  readonly scroller: RefObject<HTMLElement | null>;
  /** The first block that is seen: what is typed leads to the first place from there on. */
  readonly firstSeen: () => number;
  /** Has a block drawn. */
  readonly scrollTo: (block: number) => void;
}): Finding {
  const { transcript, finding, scroller } = props;
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  /** Where to go, and for how many frames more. */
  const goal = useRef({ query: '', at: 0, frames: 0 });
  const version = transcript.version.value;
  const { blocks } = transcript;
  const find = (text: string): readonly Match[] => (text === '' ? [] : matchesIn(blocks, text));
  const matches = useMemo(() => (finding ? find(query) : []), [blocks, version, finding, query]);
  const current = matches[Math.min(at, matches.length - 1)];

  // While something is looked for, every drawing may have more to be marked.
  const drawing = finding ? {} : undefined;
  useEffect(() => {
    const { current: element } = scroller;
    if (element === null) return undefined;
    let frame = 0;
    let range: Range | undefined;
    const show = (): void => {
      // What is drawn stays until the next drawing, which comes here anew; code gets its colours in between.
      if (range?.startContainer.isConnected !== true)
        range = highlightMatches(element, finding ? query : '', current);
      const { current: wanted } = goal;
      if (wanted.frames === 0 || wanted.query !== query || wanted.at !== at) return;
      wanted.frames--;
      if (range !== undefined) reveal(range, element);
      else if (current !== undefined) props.scrollTo(current.block);
      frame = requestAnimationFrame(show);
    };
    show();
    return () => cancelAnimationFrame(frame);
  }, [drawing]);

  const go = (text: string, among: readonly Match[], index: number): void => {
    setAt(index);
    const match = among[index];
    if (match === undefined) return;
    goal.current = { query: text, at: index, frames: settling };
    props.scrollTo(match.block);
  };
  return {
    query,
    found: matches.length,
    at: Math.min(at, Math.max(0, matches.length - 1)),
    look: (text) => {
      setQuery(text);
      const among = find(text);
      const first = props.firstSeen();
      const index = among.findIndex(({ block }) => block >= first);
      go(text, among, Math.max(0, index));
    },
    step: (by) => go(query, matches, (at + by + matches.length) % Math.max(1, matches.length)),
  };
}
