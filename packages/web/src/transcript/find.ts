import type { Block } from './blocks.ts';
import { toolParts } from './tool-parts.ts';

/** The indices of the blocks that hold a text, whatever its case. */
export function matchesIn(blocks: readonly Block[], query: string): readonly number[] {
  const wanted = query.toLowerCase();
  return blocks.flatMap((block, index) => (textOf(block).toLowerCase().includes(wanted) ? [index] : []));
}

function textOf(block: Block): string {
  switch (block.kind) {
    case 'output':
      return block.lines.map(({ text }) => text.replaceAll(/\u001b\[[0-9;:]*m/g, '')).join('\n');
    case 'message':
    case 'thought':
      return block.text;
    case 'tool': {
      const { diff, output, rest } = toolParts(block.event.detail);
      return [block.event.title, diff, output, rest].join('\n');
    }
    case 'plan':
      return block.entries.map(({ text }) => text).join('\n');
    case 'question':
      return `${block.event.text}\n${block.event.choices.join('\n')}`;
    case 'progress':
      return block.event.what;
    case 'note':
      return 'message' in block.event ? block.event.message : '';
  }
}

/** Marks a text wherever it is seen, without touching the document (CSS Custom Highlight API). */
export function highlightMatches(element: HTMLElement, query: string): void {
  if (typeof Highlight === 'undefined') return;
  CSS.highlights.delete('found');
  if (query === '') return;
  const wanted = query.toLowerCase();
  const found = new Highlight();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent?.toLowerCase() ?? '';
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      found.add(range);
    }
  }
  CSS.highlights.set('found', found);
}
