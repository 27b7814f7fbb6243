import { clusterAfter, clusterBefore, isPlain } from '@prefish/screen';

/** What a word is: of letters and digits (Alt+B), or of anything but white space (Ctrl+W). */
export type WordKind = 'word' | 'big-word';

const patterns: Readonly<Record<WordKind, RegExp>> = {
  word: /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}_]/u,
  'big-word': /\S/,
};

/** Where the cluster before `offset` begins. */
export function clusterStart(text: string, offset: number): number {
  // Two plain characters are two clusters: nothing further back decides.
  if (isPlain(text, offset - 1) && (offset < 2 || isPlain(text, offset - 2))) return offset - 1;
  return offset - clusterBefore(text.slice(0, offset)).length;
}

/** Where the cluster that begins at `offset` ends. */
export function clusterEnd(text: string, offset: number): number {
  if (isPlain(text, offset) && (offset + 1 >= text.length || isPlain(text, offset + 1))) return offset + 1;
  return offset + clusterAfter(text.slice(offset)).length;
}

/** Where the word begins that `offset` is in or behind. */
export function wordStart(text: string, offset: number, kind: WordKind): number {
  let at = offset;
  for (const inWord of [false, true]) {
    while (at > 0) {
      const start = clusterStart(text, at);
      if (patterns[kind].test(text.slice(start, at)) !== inWord) break;
      at = start;
    }
  }
  return at;
}

/** Where the word ends that `offset` is in or before. */
export function wordEnd(text: string, offset: number, kind: WordKind): number {
  let at = offset;
  for (const inWord of [false, true]) {
    while (at < text.length) {
      const end = clusterEnd(text, at);
      if (patterns[kind].test(text.slice(at, end)) !== inWord) break;
      at = end;
    }
  }
  return at;
}
