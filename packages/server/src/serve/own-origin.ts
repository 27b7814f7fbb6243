import type { Context } from 'hono';
import type { ServeOptions } from './serve-options.ts';

/** What whoever asks calls this server: `https://prefish.example.com:8377`. */
export function ownOrigin(
  { req }: Context,
  { tls, behindProxy = false, url }: Pick<ServeOptions, 'tls' | 'behindProxy' | 'url'>,
): string {
  if (url !== undefined) return new URL(url).origin;
  const forwarded = (name: string): string | undefined =>
    behindProxy ? req.header(`x-forwarded-${name}`)?.split(',').at(-1)?.trim() : undefined;
  const scheme = forwarded('proto') ?? (tls !== undefined || behindProxy ? 'https' : 'http');
  return `${scheme}://${forwarded('host') ?? req.header('host') ?? 'localhost'}`;
}
