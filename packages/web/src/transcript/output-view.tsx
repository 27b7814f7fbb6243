import type { JSX } from 'preact';
import { ansiLines } from './ansi-line.tsx';
import type { OutputBlock } from './blocks.ts';

/** Lines that programs have written, in the colours of a terminal. */
export function OutputView({
  block: { lines, stream, style },
}: {
  readonly block: OutputBlock;
}): JSX.Element {
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
