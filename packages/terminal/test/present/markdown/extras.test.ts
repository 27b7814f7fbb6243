import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { createStyle } from '@prefish/screen';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createMarkdownExtras } from '../../../src/present/markdown/extras.ts';
import { linkTarget, showLink } from '../../../src/present/markdown/links.ts';
import { MarkdownStream } from '../../../src/present/markdown-stream.ts';

const style = createStyle(true);
const { green, magenta, yellow } = style;
const folder = mkdtempSync(join(tmpdir(), 'prefish-links-'));
const file = join(folder, 'a file.ts');
writeFileSync(file, '');
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

function shown(source: string): string {
  const extras = createMarkdownExtras(style);
  const stream = new MarkdownStream(
    style,
    () => 80,
    () => extras,
  );
  return stream.write(source) + stream.end();
}

describe('code', () => {
  test('has the colours of its language, line by line, what began above included', () => {
    expect(shown("```ts\nconst a = 1; /* b\nc */ 'd'\n```\n")).toBe(
      `  ${magenta('const')} a = ${yellow('1')}; ${style.dim('/* b')}\n  ${style.dim('c */')} ${green("'d'")}\n`,
    );
  });

  test('of a language that is not known has one colour', () => {
    expect(shown('```brainfog\n+-\n```\n')).toBe(`  ${style.cyan('+-')}\n`);
  });

  test('a long block is whole, and takes no time that grows with it', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `const value${index} = '${'x'.repeat(40)}';`);
    const began = performance.now();
    const text = stripVTControlCharacters(shown(`\`\`\`ts\n${lines.join('\n')}\n\`\`\``));
    expect(text).toBe(lines.map((line) => `  ${line}\n`).join(''));
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('links', () => {
  const known = { style, hyperlinks: true };
  const unknown = { style, hyperlinks: false };

  test.each([
    ['https://a.example/b', 'https://a.example/b'],
    [`${'/nowhere'}/at/all.ts`, undefined],
    ['javascript:alert(1)', undefined],
    ['ssh://a.example', undefined],
    ['vscode://x', undefined],
    ['file:///etc/passwd', undefined],
    ['', undefined],
  ])('%s', (written, target) => {
    expect(linkTarget(written)?.href).toBe(target);
  });

  test.each(['', ':12', ':12-20', '#L3'])('a file that is there, its line left out (%s)', (line) => {
    expect(linkTarget(file.replace(' ', '%20') + line)?.href).toBe(pathToFileURL(file).href);
  });

  test('an address hides behind no other', () => {
    expect(showLink('the page', 'https://a.example', known).text).toBe('the page');
    expect(showLink('the page', 'https://a.example', unknown).text).toBe('the page (https://a.example)');
    expect(showLink('https://good.example', 'https://evil.example', known).text).toBe(
      'https://good.example (https://evil.example)',
    );
    expect(showLink('run', 'javascript:x', known).text).toBe('run (javascript:x)');
  });

  test.each([
    [{ FORCE_HYPERLINK: '1' }, true],
    [{ TMUX: '/tmp/t', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.3a' }, false],
    [{ TMUX: '/tmp/t', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.4' }, true],
    [{ TMUX: '/tmp/t', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.10' }, true],
    [{ TMUX: '/tmp/t', VTE_VERSION: '7000' }, false],
    [{ TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203' }, true],
    [{}, false],
  ])('%j', (env, expected) => {
    for (const name of ['TMUX', 'CI', 'TERM_PROGRAM', 'VTE_VERSION', 'FORCE_HYPERLINK', 'NO_COLOR'])
      vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries({ FORCE_COLOR: '1', TERM: 'xterm', ...env }))
      vi.stubEnv(name, value);
    expect(shown('[a](https://a.example)').includes('\x1b]8;')).toBe(expected);
  });
});
