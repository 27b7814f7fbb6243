import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const kernel = `${dirname(fileURLToPath(import.meta.url))}/`;

/**
 * Where something was thrown, to be put behind its message: ` (greet.ts:12)`. The empty string when the
 * kernel itself threw: what is below it in the stack is whoever runs the shell, not the plugin.
 */
export function thrownAt(thrown: unknown): string {
  for (const frame of stackOf(thrown).split('\n')) {
    const [, path, line] = /^\s+at (?:.*\()?(?:file:\/\/)?(\/.+?):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (path === undefined) continue;
    return path.startsWith(kernel) ? '' : ` (${basename(path)}:${line})`;
  }
  return '';
}

/** Plugins may throw anything, an object whose `stack` throws included. */
function stackOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.stack) : '';
  } catch {
    return '';
  }
}
