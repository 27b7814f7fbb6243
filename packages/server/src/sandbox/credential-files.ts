import type { FolderReader } from './folder-reader.ts';
import { nearEntries, type NearEntry } from './near-entries.ts';

/** Files that package managers, git, ssh and agents keep tokens and keys in; no modules that are called like one, as of botocore. */
const names =
  /^(?!.*\.(?:[cm]?[jt]sx?|py[cid]?|rb|go|rs|java|class|php|lua|h|c|map|html?|md|rst)$)(\.npmrc|\.yarnrc\.yml|\.netrc|_netrc|\.pypirc|\.git-credentials|\.?credentials(\..+)?|auth\.json|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|\.env)$/i;

/** Files that hold either a certificate, which programs need, or a key. */
const mayHoldKey = /\.(pem|key)$/i;

/** The files near the top of a folder that hold credentials. */
export function credentialFiles(folder: string, reader: FolderReader): string[] {
  return nearEntries(folder, reader)
    .filter((entry) => isCredential(entry, reader))
    .map(({ path }) => path);
}

/** Whether programs keep tokens or keys in a file. */
export function isCredential({ name, kind, path }: NearEntry, reader: FolderReader): boolean {
  if (kind !== 'file') return false;
  return names.test(name) || (mayHoldKey.test(name) && reader.head(path).includes('PRIVATE KEY-----'));
}
