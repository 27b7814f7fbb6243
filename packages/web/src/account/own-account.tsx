import { formatBytes, isPrefishError, type AccessToken, type Account } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { AskingButton } from '../layout/asking-button.tsx';
import { online } from '../server/connection.ts';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { ago } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';
import { useEntries } from './use-entries.ts';

/** The account, what it may have, and the tokens that let programs in. Nothing on a server that has one user. */
export function OwnAccount(): JSX.Element | null {
  const [account, setAccount] = useState<Account>();
  const load = (): Promise<boolean> => attempt(async () => setAccount(await ownAccount()));
  const isOnline = online.value;
  useEffect(() => {
    if (isOnline) void load();
  }, [isOnline]);
  if (account === undefined) return null;
  const { tasks, disk } = account.limits;
  return (
    <>
      <h2>{visibleLabel(account.name)}</h2>
      <dl class="shares">
        <Share what="Unfinished tasks" now={tasks.now} most={tasks.most} words={String} />
        <Share what="Disk" now={disk.now} most={disk.most} words={formatBytes} />
      </dl>
      <Logins />
    </>
  );
}

/** The tokens that let programs in. */
function Logins(): JSX.Element {
  const { entries, load } = useEntries(() => server.tokens());
  const revoke = ({ id }: AccessToken): Promise<unknown> => attempt(() => server.revokeToken(id)).then(load);
  return (
    <>
      <h2 id="logins">Logins</h2>
      {entries?.length === 0 ? (
        <p class="hint">
          No program is logged in. <code>prefish login {location.origin}</code> logs one in.
        </p>
      ) : (
        <ul aria-labelledby="logins">
          {entries?.map(({ value: token, gone }) => (
            <li key={token.id} class={gone ? 'session session-gone' : 'session'}>
              <div>
                <strong>{visibleLabel(token.device, 60)}</strong>
                {token.scope === 'read' && <span class="badge">only looks</span>}
                <small>
                  last used {ago(token.lastUsedAt)} · logged in {ago(token.createdAt)} · until it is revoked
                </small>
              </div>
              {gone ? (
                <span class="hint">revoked</span>
              ) : (
                <AskingButton
                  verb="Revoke"
                  what={`the login of ${visibleLabel(token.device, 60)}`}
                  onYes={() => revoke(token)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** How much of what there may be there is. */
function Share(props: {
  readonly what: string;
  readonly now: number;
  readonly most: number;
  readonly words: (amount: number) => string;
}): JSX.Element {
  const { what, now, most, words } = props;
  return (
    <div class="share">
      <dt>{what}</dt>
      <dd>
        {words(now)} <small>of {words(most)}</small>
        <meter value={now} max={most} high={most * 0.9} aria-label={what} />
      </dd>
    </div>
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
