import { PrefishError, errorMessage, type ErrorCodeName } from '@prefish/protocol';

const codes: Readonly<Record<string, ErrorCodeName>> = {
  ELOCKED: 'PREFISH_LOCKED',
  ENOSPC: 'PREFISH_NO_SPACE',
  EDQUOT: 'PREFISH_NO_SPACE',
};

/** Gives the errors of disk and locks that a user can do something about prefish's own codes. */
export async function named<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const code = codes[(cause as NodeJS.ErrnoException | undefined)?.code ?? ''];
    throw code === undefined ? cause : new PrefishError(code, errorMessage(cause), { cause });
  }
}
