import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorMessage, PrefishError } from '@prefish/protocol';

/** The largest file that a configuration may load, in bytes. */
export const largestFile: number = 10 * 1024 * 1024;

/**
 * The content of a regular file. Nothing else is opened for long: a pipe would wait for a writer for ever, and
 * a huge file would fill the memory.
 *
 * @throws PREFISH_CONFIG_UNREADABLE
 */
export async function readBounded(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw unreadable(path, 'it is no regular file');
    if (stats.size > largestFile) throw unreadable(path, `it is larger than ${largestFile >> 20} MB`);
    const content = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(content, 0, stats.size, 0);
    return content.subarray(0, bytesRead);
  } catch (error) {
    throw error instanceof PrefishError ? error : unreadable(path, errorMessage(error), error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): PrefishError {
  return new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} cannot be read: ${why}`, {
    cause,
    hint: 'A configuration, and every module that it loads, is an ordinary file. prefish --no-config runs without it.',
  });
}
