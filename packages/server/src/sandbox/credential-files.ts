import { join } from 'node:path';
import type { FolderReader } from './folder-reader.ts';

/** Files that package managers, git, ssh and agents keep tokens and keys in; no modules that are called like one, as of botocore. */
const names =
  /^(?!.*\.(?:[cm]?[jt]sx?|py[cid]?|rb|go|rs|java|class|php|lua|h|c|map|html?|md|rst)$)(\.npmrc|\.yarnrc\.yml|\.netrc|_netrc|\.pypirc|\.git-credentials|\.?credentials(\..+)?|auth\.json|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|\.env)$/i;

/** Files that hold either a certificate, which programs need, or a key. */
const mayHoldKey = /\.(pem|key)$/i;

const maxDepth = 3;
const maxEntries = 20_000;

/**
 * The files below a tool's root that hold credentials. Looks three folders deep, where tools keep their
 * own files, and at no more than 20,000 entries.
 */
export function credentialFiles(root: string, reader: FolderReader): string[] {
  const found: string[] = [];
  let seen = 0;
  let level = [root];
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of level) {
      for (const { name, kind } of reader.list(folder)) {
        seen += 1;
        if (seen > maxEntries) return found;
        const path = join(folder, name);
        if (kind === 'folder' && name !== 'node_modules') below.push(path);
        else if (kind === 'file' && isCredential(name, path, reader)) found.push(path);
      }
    }
    level = below;
  }
  return found;
}

function isCredential(name: string, path: string, reader: FolderReader): boolean {
  return names.test(name) || (mayHoldKey.test(name) && reader.head(path).includes('PRIVATE KEY-----'));
}
