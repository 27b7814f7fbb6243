import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { errorMessage, type Outcome, type RunContext } from '@prefish/core';
import { countNotes } from './document/edit.ts';
import { applyingFiles, defaultTarget } from './memory-files.ts';

/** `memory ls`: which files agents read here, how many notes each holds, and where new ones go. */
export function listFiles(context: Pick<RunContext, 'cwd' | 'env'>): Outcome {
  const target = defaultTarget(context.cwd).path;
  const found = applyingFiles(context.cwd, context.env['HOME']);
  const files = [...new Set([target, ...found])].map((path) => ({
    path,
    exists: found.includes(path),
    default: path === target,
    ...notesIn(path, found.includes(path)),
  }));
  const rows = files.map((file) => {
    const notes =
      file.notes === undefined ? file.error : `${file.notes} ${file.notes === 1 ? 'note' : 'notes'}`;
    const state = file.exists ? notes : 'made by the first note';
    return `${relative(context.cwd, file.path)}  ${state}${file.default ? '  ← notes go here' : ''}`;
  });
  return { type: 'ok', message: rows.join('\n'), data: { files } };
}

function notesIn(path: string, exists: boolean): { readonly notes?: number; readonly error?: string } {
  if (!exists) return { notes: 0 };
  try {
    if (!statSync(path).isFile()) return { error: 'is not a file' };
    return { notes: countNotes(readFileSync(path, 'latin1')) };
  } catch (error) {
    return { error: errorMessage(error) };
  }
}
