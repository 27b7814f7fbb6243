import { hash } from 'node:crypto';

/** SHA-256 of a file's content, as hex digits. */
export function hashOf(content: Uint8Array): string {
  return hash('sha256', content, 'hex');
}
