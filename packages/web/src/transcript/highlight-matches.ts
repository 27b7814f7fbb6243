import type { Match } from './find.ts';

/** How many places are marked at once: a browser takes seconds to draw ten times as many. */
const mostMarked = 500;

/**
 * Marks a text wherever it is seen, without touching the document (CSS Custom Highlight API), and the match that
 * somebody is at. Returns where that is, once its block is drawn.
 */
export function highlightMatches(
  element: HTMLElement,
  query: string,
  current: Match | undefined,
): Range | undefined {
  const registry = typeof Highlight === 'undefined' ? undefined : CSS.highlights;
  registry?.delete('found');
  registry?.delete('found-here');
  if (query === '') return undefined;
  const found: Range[] = [];
  let here: Range | undefined;
  for (const block of seenFirst([...element.querySelectorAll<HTMLElement>('.block')], element)) {
    const ranges = rangesIn(block, query);
    for (const range of ranges.slice(0, mostMarked - found.length)) found.push(range);
    // What is counted may be cut where it is shown.
    if (Number(block.dataset['index']) === current?.block)
      here = ranges[Math.min(current.nth, ranges.length - 1)];
  }
  registry?.set('found', new Highlight(...found));
  if (here !== undefined) registry?.set('found-here', new Highlight(here));
  return here;
}

/** Those of some elements come first that can be seen in a box that scrolls. */
function seenFirst(elements: readonly HTMLElement[], scroller: HTMLElement): readonly HTMLElement[] {
  const box = scroller.getBoundingClientRect();
  const [seen, others]: [HTMLElement[], HTMLElement[]] = [[], []];
  for (const element of elements) {
    const { top, bottom } = element.getBoundingClientRect();
    (bottom > box.top && top < box.bottom ? seen : others).push(element);
  }
  return [...seen, ...others];
}

/** Where an element holds a text, in one piece of the document or several. */
function rangesIn(element: HTMLElement, query: string): Range[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes: Node[] = [];
  const starts: number[] = [];
  let text = '';
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement?.closest('.unseen, .turn') != null) continue;
    nodes.push(node);
    starts.push(text.length);
    text += node.nodeValue ?? '';
  }
  const lower = text.toLowerCase();
  // A few letters are more characters in lower case: where they stand, the case counts.
  const [within, wanted] = lower.length === text.length ? [lower, query.toLowerCase()] : [text, query];
  const ranges: Range[] = [];
  let index = 0;
  const place = (at: number): readonly [Node, number] => {
    while (index + 1 < starts.length && starts[index + 1]! <= at) index++;
    return [nodes[index]!, at - starts[index]!];
  };
  for (let at = within.indexOf(wanted); at >= 0; at = within.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    range.setStart(...place(at));
    const [node, offset] = place(at + wanted.length - 1);
    range.setEnd(node, offset + 1);
    ranges.push(range);
  }
  return ranges;
}

/** Brings a match to where it is seen, and opens what hides it. Returns whether anything had to be moved. */
export function reveal(range: Range, scroller: HTMLElement): boolean {
  const element = range.startContainer.parentElement;
  for (let each = element; each !== null && each !== scroller; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  const inner = element?.closest<HTMLElement>('.tool .output, .tool .diff-scroller');
  const wasInner = inner != null && bring(range, inner);
  return bring(range, scroller) || wasInner;
}

function bring(range: Range, scroller: HTMLElement): boolean {
  const [at, box] = [range.getBoundingClientRect(), scroller.getBoundingClientRect()];
  if (at.top >= box.top && at.bottom <= box.bottom) return false;
  const before = scroller.scrollTop;
  scroller.scrollTop += at.top - box.top - (scroller.clientHeight - at.height) / 2;
  return scroller.scrollTop !== before;
}
