import type { Ask } from '@prefish/core';
import { isPrefishError, PrefishError } from '@prefish/protocol';

/**
 * Asks what was meant by a message that reads like a command.
 *
 * @throws PREFISH_INTERRUPTED with the hint that nothing was sent
 */
export async function askMeaning(
  { select }: Pick<Ask, 'select'>,
  message: string,
  choices: readonly string[],
): Promise<string> {
  try {
    return await select(`“${message}” reads like a command`, choices);
  } catch (cause) {
    if (!isPrefishError(cause) || cause.code !== 'PREFISH_INTERRUPTED') throw cause;
    throw new PrefishError(cause.code, cause.message, { hint: 'nothing was sent', cause });
  }
}
