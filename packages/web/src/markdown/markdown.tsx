import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { renderMarkdown } from './render-markdown.ts';

/** Markdown from elsewhere. Code gets its colours once they have been loaded. */
export function Markdown({ text }: { readonly text: string }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    current.replaceChildren(renderMarkdown(text));
    const blocks = current.querySelectorAll<HTMLElement>('pre > code[class^="language-"]');
    if (blocks.length > 0)
      void import('../code/highlight.ts').then(({ highlight }) => blocks.forEach(highlight));
  }, [text]);
  return <div class="markdown" ref={element} />;
}
