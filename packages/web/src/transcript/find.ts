import { stateName } from '../tasks/state-words.ts';
import type { Block, NoteBlock } from './blocks.ts';
import { toolParts } from './tool-parts.ts';

/** A place that holds what is looked for. */
export interface Match {
  /** The index of its block. */
  readonly block: number;
  /** How many come before it in the same block. */
  readonly nth: number;
}

/** Nobody steps through more. */
export const mostMatches = 10_000;

/** How often a block holds a text, by what it was when they were counted. */
const counted = new WeakMap<
  Block,
  { readonly query: string; readonly stamp: unknown; readonly count: number }
>();

/** The places that hold a text, whatever its case, from the first on. */
export function matchesIn(blocks: readonly Block[], query: string): readonly Match[] {
  const wanted = query.toLowerCase();
  const matches: Match[] = [];
  for (const [block, each] of blocks.entries()) {
    const count = countIn(each, wanted);
    for (let nth = 0; nth < count && matches.length < mostMatches; nth++) matches.push({ block, nth });
    if (matches.length >= mostMatches) break;
  }
  return matches;
}

function countIn(block: Block, query: string): number {
  const stamp = stampOf(block);
  const known = counted.get(block);
  if (known !== undefined && known.stamp === stamp) {
    if (known.query === query) return known.count;
    // Where less was not found, more is not: nearly all blocks, from the third letter on.
    if (known.count === 0 && query.startsWith(known.query)) return 0;
  }
  const text = textOf(block).toLowerCase();
  let count = 0;
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) count++;
  counted.set(block, { query, stamp, count });
  return count;
}

/** Changes when the text of a block does. */
function stampOf(block: Block): unknown {
  switch (block.kind) {
    case 'output':
      return block.revision;
    case 'message':
    case 'thought':
      return block.text.length;
    case 'plan':
      return block.entries;
    case 'question':
      return block.answer;
    case 'turn':
      return block.message;
    case 'tool':
    case 'progress':
    case 'note':
      return block.event;
  }
}

/** What is seen of a block, as far as it says something. */
function textOf(block: Block): string {
  switch (block.kind) {
    case 'output':
      return block.lines.map(({ text }) => text.replaceAll(/\u001b\[[0-9;:]*m/g, '')).join('\n');
    case 'message':
      return block.role === 'user' ? block.text : bare(block.text);
    case 'thought':
      return bare(block.text);
    case 'turn':
      return '';
    case 'tool': {
      const { paths, diff, output, rest } = toolParts(block.event.detail, block.event.title);
      return [block.event.title, ...paths, diff.replaceAll(/^[-+ ]/gm, ''), output, rest].join('\n');
    }
    case 'plan':
      return block.entries.map(({ text }) => text).join('\n');
    case 'question': {
      const { event, answer } = block;
      return [bare(event.text), ...(answer === undefined ? event.choices : [answer.choice])].join('\n');
    }
    case 'progress':
      return block.event.what;
    case 'note':
      return noteText(block);
  }
}

/** Markdown without the marks that are not seen. */
function bare(text: string): string {
  return text.replaceAll(/\*\*|`/g, '');
}

function noteText({ event }: NoteBlock): string {
  if (event.type === 'state') return `${stateName(event.state)}, ${event.reason ?? ''}`;
  if ('message' in event) return `${event.message}\n${event.hint ?? ''}\n${event.code}`;
  return event.type === 'result' ? event.branch : '';
}
