import { join } from 'node:path';
import { replaceFile } from '@prefish/durable';
import type { Folders } from '../../../folders.ts';

/**
 * A file of the certificates that this process trusts, for git, where the user has added to them: git knows
 * nothing of Node's variables. `undefined` where git's own will do.
 */
export async function trustedCertificates(folders: Pick<Folders, 'cache'>): Promise<string | undefined> {
  if (!process.env['NODE_EXTRA_CA_CERTS']) return undefined;
  const { getCACertificates } = await import('node:tls');
  const { mkdir } = await import('node:fs/promises');
  const path = join(folders.cache, 'certificates.pem');
  await mkdir(folders.cache, { recursive: true, mode: 0o700 });
  await replaceFile(path, getCACertificates('default').join('\n'));
  return path;
}
