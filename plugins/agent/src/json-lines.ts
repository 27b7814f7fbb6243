import { readFile } from 'node:fs/promises';

/**
 * The entries of a file with one JSON value a line; none where there is no such file.
 *
 * @param accept Makes an entry of a value; `undefined` for what is none. A line that a crash left half-written is none
 */
export async function readJsonLines<T>(
  file: string,
  accept: (value: unknown) => T | undefined,
): Promise<T[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => parse(line, accept) ?? []);
}

function parse<T>(line: string, accept: (value: unknown) => T | undefined): T | undefined {
  try {
    return accept(JSON.parse(line));
  } catch {
    return undefined;
  }
}
