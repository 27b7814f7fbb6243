import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { loadHighlight } from '../code/load-highlight.ts';
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
      void loadHighlight().then((loaded) => blocks.forEach((code) => loaded?.highlight(code)));
  }, [text]);
  return <div class="markdown" ref={element} />;
}
