import {
  errorMessage,
  isPrefishError,
  type AccessToken,
  type Account,
  type AnyErrorCode,
} from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { isHere, parseServer } from '../../server/elsewhere/server-url.ts';
import { serversElsewhere } from '../../server/elsewhere/servers-elsewhere.ts';

/** How long each server may take to say who one is there, in milliseconds. */
const deadlineMs = 10_000;

/** A server on another machine, and who one is there. */
export interface Standing {
  readonly url: string;
  readonly place: string;
  /** Whether lines go there that do not say where. */
  readonly chosen: boolean;
  readonly version?: string;
  readonly account?: Account;
  /** The devices that are logged in to the account. */
  readonly tokens?: readonly AccessToken[];
  /** Why that is not known. */
  readonly error?: string;
  readonly code?: AnyErrorCode;
  /** What to do about it. */
  readonly hint?: string;
}

/** Asks each server on another machine that is known, or chosen, who one is there. */
export async function standings(
  folders: Folders,
  chosen: string | undefined,
  signal: AbortSignal,
): Promise<readonly Standing[]> {
  const goesTo = chosen === undefined || isHere(chosen) ? undefined : parseServer(chosen).url;
  return Promise.all(
    serversElsewhere(folders, chosen).known.map(async ({ id: url, place, connect }): Promise<Standing> => {
      const standing = { url, place, chosen: url === goesTo };
      const within = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
      try {
        const client = await connect({ start: true }, within);
        const { version } = await client.info(within);
        if (parseServer(url).kind === 'ssh') return { ...standing, version };
        const [account, tokens] = await Promise.all([client.account(within), client.tokens(within)]);
        return { ...standing, version, account, tokens };
      } catch (error) {
        signal.throwIfAborted();
        if (within.aborted) {
          return { ...standing, error: `${url} does not answer`, code: 'PREFISH_SERVER_UNREACHABLE' };
        }
        if (!isPrefishError(error)) return { ...standing, error: errorMessage(error) };
        const { message, code, hint } = error;
        return { ...standing, error: message, code, ...(hint === undefined ? {} : { hint }) };
      }
    }),
  );
}
