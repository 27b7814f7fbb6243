import { readFileSync, statSync } from 'node:fs';
import { errorMessage, type Outcome } from '@prefish/core';
import { countNotes } from '../document/edit.ts';
import { applyingFiles, describeReach, type ApplyingFile } from '../targets/applying-files.ts';
import { displayPath, exists, type WhereFrom } from '../targets/target.ts';
import { readImports, type ImportedFile } from './read-imports.ts';

/** What is told of one memory file. */
interface ListedFile extends ApplyingFile {
  readonly exists: boolean;
  /** Whether notes go there. */
  readonly default: boolean;
  readonly notes?: number;
  readonly error?: string;
  readonly imports: readonly ImportedFile[];
}

/**
 * `memory ls`: which files agents read here, what these import, how many notes each holds, and where
 * new ones go: to `target`.
 */
export function listFiles(target: string, section: string, context: WhereFrom): Outcome {
  const applying = applyingFiles(context);
  const known = applying.some(({ path }) => path === target);
  const all: readonly ApplyingFile[] = known ? applying : [{ path: target, reach: 'project' }, ...applying];
  const files = all.map((file): ListedFile => {
    const there = exists(file.path);
    return {
      ...file,
      exists: there,
      default: file.path === target,
      ...(there ? notesIn(file.path, toBytes(section)) : { notes: 0 }),
      imports: there ? readImports(file.path, context.env) : [],
    };
  });
  return { type: 'ok', message: format(files, target, context), data: { files } };
}

function notesIn(path: string, section: string): { readonly notes?: number; readonly error?: string } {
  try {
    if (!statSync(path).isFile()) return { error: 'is not a file' };
    return { notes: countNotes(readFileSync(path, 'latin1'), section) };
  } catch (error) {
    return { error: errorMessage(error) };
  }
}

function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function format(files: readonly ListedFile[], target: string, context: WhereFrom): string {
  const names = files.map(({ path }) => displayPath(path, context));
  const states = files.map(describeState);
  const [nameWidth, stateWidth] = [names, states].map((cells) =>
    Math.max(...cells.map(({ length }) => length)),
  );
  const rows = files.flatMap((file, index) => [
    `${names[index]!.padEnd(nameWidth!)}  ${states[index]!.padEnd(stateWidth!)}  ${describeReach(file)}`,
    ...formatImports(file.imports, 1),
  ]);
  return [...rows, `Notes go to ${displayPath(target, context)}; # --ask NOTE asks where to.`].join('\n');
}

function describeState({ exists: there, notes, error }: ListedFile): string {
  if (!there) return 'made by the first note';
  return notes === undefined ? (error ?? '') : `${notes} ${notes === 1 ? 'note' : 'notes'}`;
}

function formatImports(imports: readonly ImportedFile[], depth: number): string[] {
  return imports.flatMap(({ text, line, problem, imports: below }) => [
    `${'  '.repeat(depth)}@${text}${problem === undefined ? '' : `  ${problem} (line ${line})`}`,
    ...formatImports(below, depth + 1),
  ]);
}
