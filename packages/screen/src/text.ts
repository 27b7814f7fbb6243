import { eastAsianWidth } from 'get-east-asian-width';

/** Colours, and the beginning and end of a link (OSC 8): nothing else that a terminal obeys is in what is drawn. */
const sequencePattern = /\x1b\[[0-9;:]*m|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)/y;
const endOfLink = '\x1b]8;;\x1b\\';
const tabStop = 8;

/** A piece of text that is drawn as one: a cluster with its width in columns, or a colour or an end of a link, of width 0. */
export interface Cell {
  readonly text: string;
  readonly width: number;
}

/** How many columns `text` takes; colours and links take none. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (let index = 0; index < text.length;) {
    if (standsAlone(text, index)) {
      width++;
      index++;
    } else {
      const end = endOfPiece(text, index);
      for (const cell of cellsIn(text.slice(index, end))) width += cell.width;
      index = end;
    }
  }
  return width;
}

/** `text` cut to `columns`, with `…` where something was cut, and its colours and links closed. */
export function truncate(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let kept = '';
  let width = 0;
  let styled = false;
  let link = '';
  for (const cell of cellsOf(text)) {
    if (width + cell.width > columns - 1) break;
    width += cell.width;
    kept += cell.text;
    styled ||= isSgr(cell);
    link = linkAfter(cell, link);
  }
  return `${kept}…${link === '' ? '' : endOfLink}${styled ? '\x1b[0m' : ''}`;
}

/** `text` filled with spaces up to `columns`. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/**
 * One line cut into rows of at most `columns`, tabs expanded. Each row carries the colours and the link that
 * are on where it begins and closes them at its end, so that any of them can be drawn alone.
 */
export function wrap(line: string, columns: number): string[] {
  if (line.length <= columns && /^[\x20-\x7e]*$/.test(line)) return [line];
  const rows: string[] = [];
  let row = '';
  let width = 0;
  let active = '';
  let link = '';
  const close = (): void => {
    rows.push(`${row}${link === '' ? '' : endOfLink}${active === '' ? '' : '\x1b[0m'}`);
    row = active + link;
    width = 0;
  };
  for (const cell of cellsOf(line)) {
    if (isSgr(cell)) {
      active = /^\x1b\[0*m$/.test(cell.text) ? '' : active + cell.text;
      row += cell.text;
      continue;
    }
    link = linkAfter(cell, link);
    const isTab = cell.text === '\t';
    const needed = isTab ? Math.min(tabStop - (width % tabStop), columns) : cell.width;
    if (width + needed > columns) close();
    row += isTab ? ' '.repeat(needed) : cell.text;
    width += needed;
  }
  close();
  return rows;
}

/**
 * One line broken between words into rows of at most `columns`, those behind the first one indented as it is.
 * A word that is longer is left whole, so that a path or an address can be copied.
 */
export function wrapWords(line: string, columns: number): string[] {
  if (textWidth(line) <= columns) return [line];
  const [spaces = ''] = /^ */.exec(line)!;
  const indent = spaces.length < columns / 2 ? spaces : '';
  const [first = '', ...words] = line.slice(spaces.length).split(' ');
  const rows: string[] = [];
  let row = spaces + first;
  for (const word of words) {
    const longer = `${row} ${word}`;
    if (textWidth(longer) <= columns || word === '') {
      row = longer;
      continue;
    }
    rows.push(row.trimEnd());
    row = indent + word;
  }
  return [...rows, row.trimEnd()];
}

function isSgr(cell: Cell): boolean {
  return cell.width === 0 && cell.text.startsWith('\x1b[');
}

/** What has begun the link that is on behind a cell; `''` when none is. */
function linkAfter({ text }: Cell, link: string): string {
  if (!text.startsWith('\x1b]8;')) return link;
  return /^\x1b\]8;[^;]*;(?:\x07|\x1b)/.test(text) ? '' : text;
}

/** The last cluster of `text`: what Backspace deletes. */
export function clusterBefore(text: string): string {
  if (/(?:^|[\x20-\x7e\n])[\x20-\x7e\n]$/.test(text)) return text.slice(-1);
  const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  let last = '';
  for (const { segment } of clusters(line)) last = segment;
  return last;
}

/** The first cluster of `text`: what Delete deletes. */
export function clusterAfter(text: string): string {
  if (/^[\x20-\x7e\n](?:[\x20-\x7e\n]|$)/.test(text)) return text.slice(0, 1);
  for (const { segment } of clusters(text)) return segment;
  return '';
}

/** More characters than these in no real text make one cluster. */
const longestCluster = 200;

/** The first place at `offset` or behind it that is not inside of a cluster. */
export function clusterBoundary(text: string, offset: number): number {
  const isBetween = (at: number): boolean => isPlain(text, at - 1) && isPlain(text, at);
  if (offset <= 0 || offset >= text.length || isBetween(offset)) return offset;
  let start = offset - 1;
  while (start > Math.max(0, offset - longestCluster) && !isBetween(start)) start--;
  const near = text.slice(start, offset + longestCluster);
  const { index, segment } = clusters(near).containing(offset - start)!;
  return start + index === offset ? offset : start + index + segment.length;
}

/** Whether the character at `index` is ASCII that is drawn, or a line break: two of these are never one cluster. */
export function isPlain(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 0x0a || (code >= 0x20 && code < 0x7f);
}

/** The pieces of `text` in order, each with its width. Control characters take no columns; a tab counts one. */
export function* cellsOf(text: string): Generator<Cell> {
  for (let index = 0; index < text.length;) {
    if (standsAlone(text, index)) {
      yield { text: text[index]!, width: 1 };
      index++;
    } else {
      const end = endOfPiece(text, index);
      yield* cellsIn(text.slice(index, end));
      index = end;
    }
  }
}

/** Whether the character at `index` is ASCII that is drawn, and nothing behind it can join it. */
function standsAlone(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x20 && code < 0x7f && !(text.charCodeAt(index + 1) > 0x7e);
}

/** The end of what begins at `start`: a sequence, a control character, or a run that must be segmented. */
function endOfPiece(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === 0x1b) {
    sequencePattern.lastIndex = start;
    return start + (sequencePattern.exec(text)?.[0].length ?? 1);
  }
  return code < 0x20 || code === 0x7f ? start + 1 : endOfRun(text, start);
}

/** The cells of a piece that ends where {@link endOfPiece} says. */
function cellsIn(piece: string): readonly Cell[] {
  const code = piece.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return [{ text: piece, width: code === 0x09 ? 1 : 0 }];
  // As the arrow of the prompt: segmenting takes longer than all else of a key.
  if (piece.length === 1) return [{ text: piece, width: clusterWidth(piece) }];
  return Array.from(clusters(piece), ({ segment }) => ({ text: segment, width: clusterWidth(segment) }));
}

/** The end of a run that must be segmented: up to the next pair of plain ASCII characters or control character. */
function endOfRun(text: string, start: number): number {
  let index = start + 1;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) break;
    if (code < 0x7f && text.charCodeAt(index + 1) < 0x7f) break;
  }
  return index;
}

let segmenter: Intl.Segmenter | undefined;

/** Made for the first text that is not ASCII: a segmenter costs a third of Node's own start. */
function clusters(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

function clusterWidth(cluster: string): number {
  const code = cluster.codePointAt(0)!;
  // `©` and `1` too are drawn as pictures where a variation selector says so.
  if (cluster.includes('\ufe0f') && /^\p{Emoji}/u.test(cluster)) return 2;
  if (code < 0x300) return code === 0xad ? 0 : 1;
  if (/^\p{Regional_Indicator}/u.test(cluster)) return cluster.length > 2 ? 2 : 1;
  if (/^\p{Emoji_Presentation}/u.test(cluster)) return 2;
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(cluster)) return 0;
  return eastAsianWidth(code);
}
