import { PrefishError } from '@prefish/protocol';

/**
 * Names that are the same to every file system, and part of no path but their own: an account's mirrors are
 * in a folder of its name.
 */
const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/;

/** The name, where it is one for an account. @throws PREFISH_ACCOUNT_INVALID */
export function checkedAccountName(name: string): string {
  if (pattern.test(name) && !name.endsWith('.git')) return name;
  throw new PrefishError('PREFISH_ACCOUNT_INVALID', `“${name}” is no name for an account.`, {
    hint: 'Up to 32 lower-case letters, digits and - _ . between them: ada, ada.lovelace.',
  });
}
