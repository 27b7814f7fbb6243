import { PrefishError } from '@prefish/protocol';
import type { Services } from '../services.ts';

/**
 * Rethrows why a line cannot be sent; where the login may only look, that is the reason, whatever else is missing.
 *
 * @throws PREFISH_FORBIDDEN, or the error
 */
export async function explainOnlyLooks(
  { connect, server }: Pick<Services, 'connect' | 'server'>,
  error: unknown,
  signal: AbortSignal,
): Promise<never> {
  if (!server.elsewhere) throw error;
  const client = await connect('if-used', signal).catch(() => undefined);
  // By ssh there are no logins to ask about.
  const tokens = (await client?.tokens(signal).catch(() => undefined)) ?? [];
  if (!tokens.some(({ current, scope }) => current && scope === 'read')) throw error;
  throw new PrefishError('PREFISH_FORBIDDEN', `The login to ${server.id} may only look; nothing was sent`, {
    hint: `prefish login ${server.id} with a code of another scope: prefish users code NAME, beside the server`,
    cause: error,
  });
}
