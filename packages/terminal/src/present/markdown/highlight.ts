import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import type { Style } from '@prefish/screen';

/** Colours the lines of one block of code, in their order. */
export type LineHighlighter = (line: string) => string;

type Node = ReturnType<typeof lowlight.highlight>['children'][number];
type Paint = (text: string) => string;

/** So much of a block before a line decides its colours: each line is read together with it. */
const contextLength = 4000;

const lowlight = createLowlight({
  bash,
  c,
  cpp,
  css,
  diff,
  go,
  ini,
  java,
  javascript,
  json,
  python,
  ruby,
  rust,
  shell,
  sql,
  typescript,
  xml,
  yaml,
});

const colors: Readonly<Record<string, Exclude<keyof Style, 'enabled'>>> = {
  keyword: 'magenta',
  built_in: 'cyan',
  type: 'cyan',
  literal: 'yellow',
  number: 'yellow',
  string: 'green',
  regexp: 'green',
  symbol: 'yellow',
  comment: 'dim',
  doctag: 'dim',
  meta: 'cyan',
  title: 'blue',
  section: 'blue',
  attr: 'cyan',
  attribute: 'cyan',
  name: 'blue',
  'selector-tag': 'magenta',
  addition: 'green',
  deletion: 'red',
};

/** Colours for code in `language`, a name or an extension; `undefined` for one that is not known. */
export function highlighter(language: string, style: Style): LineHighlighter | undefined {
  if (!lowlight.registered(language)) return undefined;
  let before = '';
  return (line) => {
    const code = before + line;
    const lines = paintedLines(lowlight.highlight(language, code).children, style);
    before = code.length > contextLength ? '' : `${code}\n`;
    return lines.at(-1)!;
  };
}

/** Each line with its own colours, so that any of them can be printed alone. */
function paintedLines(nodes: readonly Node[], style: Style): string[] {
  const lines = [''];
  const add = (text: string, paint: Paint): void => {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) lines.push('');
      lines[lines.length - 1] += paint(part);
    }
  };
  const visit = (node: Node, paint: Paint): void => {
    if (node.type === 'text') return add(node.value, paint);
    if (node.type !== 'element') return;
    const [name = ''] = (node.properties['className'] as string[] | undefined) ?? [];
    const color = colors[name.replace(/^hljs-/, '')];
    const own = color === undefined ? paint : style[color];
    for (const child of node.children) visit(child as Node, own);
  };
  for (const node of nodes) visit(node, (text) => text);
  return lines;
}
