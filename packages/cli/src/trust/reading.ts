import { basename } from 'node:path';
import { errorMessage, PrefishError } from '@prefish/protocol';
import { readBounded } from './read-bounded.ts';
import { hashOf } from './content-hash.ts';
import type { GrantedTrust, TrustRequest } from './trust.ts';
import { keyOf, pathOf, realPath } from './trusted-path.ts';

/** Of a package.json only what it says to prefish counts: other fields change with every release of a dependency. */
const part = '#prefish';

/** The files of one request, each read once. */
export class Reading {
  /** The request's own files. */
  readonly files: readonly string[];
  readonly #root: string;
  readonly #contents = new Map<string, Promise<Uint8Array>>();

  constructor(request: TrustRequest) {
    this.#root = request.root;
    this.files = request.files.map((path) =>
      basename(path) === 'package.json' ? realPathOr(path) + part : realPathOr(path),
    );
    for (const [path, content] of request.contents ?? [])
      this.#contents.set(realPathOr(path), Promise.resolve(content));
  }

  /** @throws PREFISH_CONFIG_UNREADABLE */
  readonly read = async (path: string): Promise<Uint8Array> => {
    if (path.endsWith(part)) return prefishOf(await this.read(path.slice(0, -part.length)), path);
    let content = this.#contents.get(path);
    if (content === undefined) this.#contents.set(path, (content = readBounded(path)));
    return content;
  };

  /** Whether the files are those of an earlier answer, all with the content that they had then. */
  async fits({ files, added = [] }: Pick<GrantedTrust, 'files'> & Partial<GrantedTrust>): Promise<boolean> {
    if (this.files.length === 0) return false;
    if (!this.files.every((path) => Object.hasOwn(files, keyOf(path, this.#root)))) return false;
    for (const [key, hash] of Object.entries(files)) {
      if (added.includes(key)) continue;
      const content = await this.read(pathOf(key, this.#root)).catch(() => undefined);
      if (content === undefined || hashOf(content) !== hash) return false;
    }
    return true;
  }
}

/** A file that is not there is complained about when it is read. */
function realPathOr(path: string): string {
  try {
    return realPath(path);
  } catch {
    return path;
  }
}

function prefishOf(manifest: Uint8Array, path: string): Uint8Array {
  try {
    const { prefish } = JSON.parse(Buffer.from(manifest).toString()) as { prefish?: unknown };
    return Buffer.from(JSON.stringify(prefish) ?? '');
  } catch (cause) {
    throw new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} cannot be read: ${errorMessage(cause)}`, {
      cause,
    });
  }
}
