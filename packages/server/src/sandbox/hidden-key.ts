import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isWithin } from './paths.ts';

/** Folders of `/etc` that programs need: where a key lies in one of them, it alone is hidden. */
const shared = ['', 'ssl', 'ssl/certs', 'pki', 'pki/tls', 'pki/tls/certs'];

/**
 * What is hidden of a key from tasks: the file that links to it lead to, and in `/etc`, which tasks are shown, the
 * folders of both. What hides a file alone goes when the file is replaced: a task that runs while the key is renewed
 * would see the new one.
 */
export function hiddenKey(key: string, etc = '/etc'): readonly string[] {
  if (!existsSync(key)) return [];
  const file = realpathSync(key);
  const needed = shared.map((name) => join(etc, name));
  const folders = [realpathSync(dirname(key)), dirname(file)].filter(
    (folder) => isWithin(folder, etc) && !needed.includes(folder),
  );
  return [...new Set([...folders, file])];
}
