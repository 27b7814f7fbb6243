import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errorMessage } from '@prefish/core';
import { findImports, type Import } from '../document/imports.ts';

/** A file that a memory file imports, and what that one imports. */
export interface ImportedFile extends Import {
  readonly path: string;
  /** Why no agent reads it there: it is missing, imports itself, is nested too deep. */
  readonly problem?: string;
  readonly imports: readonly ImportedFile[];
}

/** Claude Code follows four (https://code.claude.com/docs/en/memory). */
const maxHops = 4;
/** Larger files are no memory of anybody. */
const maxBytes = 1024 * 1024;

/** The imports of a memory file, those that lead nowhere too. What only looks like one (`@someone`) is left out. */
export function readImports(
  path: string,
  env: Readonly<Record<string, string>>,
  above: readonly string[] = [],
): readonly ImportedFile[] {
  const file = readText(path);
  if (file === undefined) return [];
  const chain = [...above, file.real];
  return findImports(file.text).flatMap(({ text, line }): ImportedFile[] => {
    const target = resolve(
      dirname(file.real),
      text.startsWith('~/') ? join(env['HOME'] ?? '', text.slice(2)) : text,
    );
    const problem = problemOf(target, chain);
    if (problem === 'not there' && !looksLikePath(text)) return [];
    return problem === undefined
      ? [{ text, line, path: target, imports: readImports(target, env, chain) }]
      : [{ text, line, path: target, problem, imports: [] }];
  });
}

function problemOf(path: string, chain: readonly string[]): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'not there';
    if (!stats.isFile()) return 'is not a file';
    if (stats.size > maxBytes) return 'is too large';
    if (chain.includes(realpathSync(path))) return 'imports itself';
    return chain.length > maxHops ? `is more than ${maxHops} imports away` : undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** Whether somebody who wrote `@text` meant a file: it has an extension, or begins like a path. */
function looksLikePath(text: string): boolean {
  return /^(?:~|\.{1,2})?\//.test(text) || /[^.]\.[a-z0-9]+$/i.test(basename(text));
}

function readText(path: string): { readonly real: string; readonly text: string } | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > maxBytes) return undefined;
    return { real: realpathSync(path), text: readFileSync(path, 'utf8') };
  } catch {
    return undefined;
  }
}
