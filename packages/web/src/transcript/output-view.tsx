import type { ParseToken } from 'ansi-sequence-parser';
import type { JSX } from 'preact';
import { AnsiText, ansiLines } from './ansi-line.tsx';
import type { OutputBlock } from './blocks.ts';

/** What was drawn of a block at a revision of it. */
interface Drawn {
  readonly revision: number;
  readonly element: JSX.Element;
  readonly lines: readonly JSX.Element[];
}

/**
 * What was drawn of a block last: most of them never change again, and drawing one is the dearest part of the page.
 * Preact passes over a component whose element is the same as before, but over no element of HTML.
 */
const drawn = new WeakMap<OutputBlock, Drawn>();

/** Lines that programs have written, in the colours of a terminal. */
export function OutputView({ block }: { readonly block: OutputBlock }): JSX.Element {
  const known = drawn.get(block);
  if (known?.revision === block.revision) return known.element;
  const lines = draw(block, known?.lines ?? []);
  const element = <Output stream={block.stream} lines={lines} />;
  drawn.set(block, { revision: block.revision, element, lines });
  return element;
}

/** @param before What was drawn of it: all but the last of these lines are as they were */
function draw({ lines, style }: OutputBlock, before: readonly JSX.Element[]): JSX.Element[] {
  const colored = ansiLines(
    lines.map(({ text }) => text),
    style,
  );
  return lines.map(({ more }, index) =>
    index < before.length - 1 ? before[index]! : <Line key={index} tokens={colored[index]!} more={more} />,
  );
}

function Output({ stream, lines }: Pick<OutputBlock, 'stream'> & Pick<Drawn, 'lines'>): JSX.Element {
  return (
    <pre class={`output output-${stream}`} {...(stream === 'stderr' && { title: 'standard error' })}>
      {lines}
    </pre>
  );
}

/** @param more How many characters more than these it has */
function Line({
  tokens,
  more,
}: {
  readonly tokens: readonly ParseToken[];
  readonly more: number;
}): JSX.Element {
  return (
    <span class="line">
      <AnsiText tokens={tokens} />
      {more > 0 && <em> … {more.toLocaleString('en')} characters more</em>}
      {'\n'}
    </span>
  );
}
