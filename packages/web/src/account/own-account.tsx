import { isPrefishError, type AccessToken, type Account } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { ago } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';

/** The account, what it may have, and the tokens that let programs in. Nothing on a server that has one user. */
export function OwnAccount(): JSX.Element | null {
  const [account, setAccount] = useState<Account>();
  const [tokens, setTokens] = useState<readonly AccessToken[]>([]);
  const load = (): Promise<boolean> =>
    attempt(async () => {
      const own = await ownAccount();
      setAccount(own);
      if (own !== undefined) setTokens(await server.tokens());
    });
  useEffect(() => void load(), []);
  if (account === undefined) return null;
  const { tasks, disk } = account.limits;
  return (
    <>
      <h2>{visibleLabel(account.name)}</h2>
      <p class="hint">
        {tasks.now} of {tasks.most} unfinished tasks · {gigabytes(disk.now)} of {gigabytes(disk.most)} on disk
      </p>
      <h2>Logins</h2>
      <ul aria-label="Logins">
        {tokens.map(({ id, device, scope, createdAt, lastUsedAt }) => (
          <li key={id} class="session">
            <div>
              <strong>{visibleLabel(device, 60)}</strong>
              {scope === 'read' && <span class="badge">only looks</span>}
              <small>
                logged in {ago(createdAt)}, last used {ago(lastUsedAt)}
              </small>
            </div>
            <button
              class="danger"
              aria-label={`Revoke the login of ${visibleLabel(device, 60)}`}
              onClick={() => void attempt(() => server.revokeToken(id)).then(load)}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
      {tokens.length === 0 && <p class="hint">No program is logged in.</p>}
    </>
  );
}

/** `undefined` on a server that knows no accounts. */
async function ownAccount(): Promise<Account | undefined> {
  try {
    return await server.account();
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_ROUTE_UNKNOWN') return undefined;
    throw error;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
