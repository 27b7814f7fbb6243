import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { errorMessage, PrefishError, formatBytes } from '@prefish/protocol';
import type { ConfigFile } from './configuration.ts';

/** The largest file that is read as a configuration. */
const mostBytes = 1024 * 1024;

/**
 * Reads a file, which a hostile repository may have made a FIFO, a device or endless.
 *
 * @throws PREFISH_CONFIG_UNREADABLE
 */
export function readConfigFile(path: string): Buffer {
  let file: number | undefined;
  try {
    // Opening a FIFO would wait for its writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(file);
    if (!status.isFile()) throw new Error('it is no regular file');
    if (status.size > mostBytes) throw new Error(`it is larger than ${formatBytes(mostBytes)}`);
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(path, errorMessage(cause), { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Where a configuration file really is. A project's has to be inside of its root: what a repository
 * brings along must not stand for a file of somebody else.
 *
 * @throws PREFISH_CONFIG_UNREADABLE
 */
export function realConfigPath({ path, root }: Pick<ConfigFile, 'path' | 'root'>): string {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw unreadable(path, errorMessage(cause), {
      cause,
      hint: 'It may be a symbolic link that leads nowhere.',
    });
  }
  if (root === undefined || real.startsWith(root.endsWith('/') ? root : `${root}/`)) return real;
  throw unreadable(path, `it is a symbolic link to ${real}, outside of ${root}`, {
    hint: 'Put the file itself there, or name the other one with --config.',
  });
}

function unreadable(
  path: string,
  why: string,
  details: ConstructorParameters<typeof PrefishError>[2],
): PrefishError {
  return new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} cannot be read: ${why}`, details);
}
