import type { Folders } from '../folders.ts';
import { errorMessage, isPrefishError } from '@prefish/protocol';
import type { Check } from './doctor.ts';
import { standings } from './login/standings.ts';

/** Whether the servers on other machines answer that are known, or chosen. */
export async function checkServers(
  folders: Folders,
  chosen: string | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const check = 'remote';
  try {
    const servers = await standings(folders, chosen, signal);
    return servers.map(({ url, version, account, error, hint }) =>
      error === undefined
        ? { check, ok: true, message: [url, account?.name, `prefish ${version}`].filter(Boolean).join(' · ') }
        : {
            check,
            ok: false,
            message: error.startsWith(url) ? error : `${url}: ${withoutHost(error, url)}`,
            fix: hint ?? `Is that server up, and the URL still right? prefish logout ${url} forgets it.`,
          },
    );
  } catch (error) {
    signal.throwIfAborted();
    const fix = isPrefishError(error) ? error.hint : undefined;
    return [{ check, ok: false, message: errorMessage(error), ...(fix === undefined ? {} : { fix }) }];
  }
}

/** The server's errors begin with its name. */
function withoutHost(error: string, url: string): string {
  const named = `${new URL(url).host}: `;
  return error.startsWith(named) ? error.slice(named.length) : error;
}
