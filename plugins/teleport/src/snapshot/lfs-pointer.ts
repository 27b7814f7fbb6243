import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What Git LFS commits in place of a file (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
export interface LfsPointer {
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** A pointer is smaller than this, by its specification. */
const mostBytes = 1024;

/** Reads a blob as a pointer, if it is one. */
export function parseLfsPointer(blob: Uint8Array): LfsPointer | undefined {
  if (blob.length >= mostBytes) return undefined;
  const text = Buffer.from(blob).toString('latin1');
  const [, sha256] = /^oid sha256:([0-9a-f]{64})$/m.exec(text) ?? [];
  const [, size] = /^size (\d+)$/m.exec(text) ?? [];
  if (sha256 === undefined || size === undefined || !text.startsWith('version ')) return undefined;
  return { sha256, size: Number(size) };
}

/** Whether a file has the content that a pointer stands for. It is read only where the size is right. */
export async function isContentOf(
  { sha256, size }: LfsPointer,
  file: Buffer,
  found: { readonly size: number },
  signal?: AbortSignal,
): Promise<boolean> {
  if (found.size !== size) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, signal ? { signal } : {});
  return hash.digest('hex') === sha256;
}
