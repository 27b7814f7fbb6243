import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { markup } from '../markdown/render-markdown.ts';

const languages = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  kotlin,
  markdown,
  php,
  python,
  ruby,
  rust,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/**
 * Longer code, and code of longer lines, stays as it is. Highlighting tries its patterns at every place to the end
 * of the line, or of the text: what takes 10 ms for what people write takes seconds for what means harm.
 */
const longest = 20_000;
const longestLine = 500;

function isColoured(text: string, language: string): boolean {
  return (
    hljs.getLanguage(language) !== undefined &&
    text.length <= longest &&
    text.split('\n').every((line) => line.length <= longestLine)
  );
}

/** Colours a block of code by the language that its class names. */
export function highlight(code: HTMLElement): void {
  const language = /(?:^| )language-(\S+)/.exec(code.className)?.[1] ?? '';
  const text = code.textContent;
  if (!isColoured(text, language)) return;
  code.replaceChildren(markup(hljs.highlight(text, { language, ignoreIllegals: true }).value));
}

/** A piece of a line of code, and what it is (`hljs-keyword`), where that is known. */
export interface Token {
  readonly text: string;
  readonly kind?: string;
}

/** The lines of a piece of code as tokens; `undefined` for languages that are not known. */
export function tokenLines(
  lines: readonly string[],
  language: string,
): readonly (readonly Token[])[] | undefined {
  const text = lines.join('\n');
  if (!isColoured(text, language)) return undefined;
  const { value } = hljs.highlight(text, { language, ignoreIllegals: true });
  const result: Token[][] = [[]];
  const walker = document.createTreeWalker(markup(value), NodeFilter.SHOW_TEXT);
  while (walker.nextNode() !== null) {
    const kind = walker.currentNode.parentElement?.className;
    const [first, ...others] = (walker.currentNode.nodeValue ?? '').split('\n');
    const token = (piece: string): Token => (kind === undefined ? { text: piece } : { text: piece, kind });
    if (first !== undefined && first !== '') result.at(-1)!.push(token(first));
    for (const other of others) result.push(other === '' ? [] : [token(other)]);
  }
  return result;
}
