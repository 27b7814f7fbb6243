import type { JSX } from 'preact';
import { ansiLines } from './ansi-line.tsx';
import type { OutputBlock } from './blocks.ts';

/** What was drawn of a block last: most of them never change again, and drawing one is the dearest part of the page. */
const drawn = new WeakMap<OutputBlock, { readonly revision: number; readonly element: JSX.Element }>();

/** Lines that programs have written, in the colours of a terminal. */
export function OutputView({ block }: { readonly block: OutputBlock }): JSX.Element {
  const known = drawn.get(block);
  if (known?.revision === block.revision) return known.element;
  const element = draw(block);
  drawn.set(block, { revision: block.revision, element });
  return element;
}

function draw({ lines, stream, style }: OutputBlock): JSX.Element {
  const colored = ansiLines(
    lines.map(({ text }) => text),
    style,
  );
  return (
    <pre class={`output output-${stream}`} {...(stream === 'stderr' && { title: 'standard error' })}>
      {colored.map((spans, index) => (
        <span key={index} class="line">
          {spans}
          {lines[index]!.more > 0 && <em> … {lines[index]!.more.toLocaleString('en')} characters more</em>}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
