import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A block of code of a page. */
export interface CodeBlock {
  readonly language: string;
  /** The file that it is, where the page says so: ```` ```ts greet.ts ````. */
  readonly file: string | undefined;
  readonly code: string;
}

/** A command of a `console` block, and what it prints. */
export interface ConsoleStep {
  readonly command: string;
  readonly printed: string;
}

/** The blocks of code of a page in docs/, in order. */
export async function codeBlocks(page: string): Promise<CodeBlock[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', page), 'utf8');
  return Array.from(text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms), ([, language, file, code]) => ({
    language: language!,
    file,
    code: code!,
  }));
}

/** The commands of a `console` block: what follows `$ `, and the lines below it. */
export function consoleSteps(code: string): ConsoleStep[] {
  return code
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const end = step.indexOf('\n');
      return { command: step.slice(0, end), printed: step.slice(end + 1) };
    });
}
