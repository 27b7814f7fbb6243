import type { PageSession } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { onLink } from '../route.ts';
import { signedIn } from '../server/connection.ts';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { ago } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';
import { OwnAccount } from './own-account.tsx';

/** What lets in: logins of programs and browsers that are signed in, and how to end each. */
export function Account(): JSX.Element {
  const [sessions, setSessions] = useState<readonly PageSession[]>();
  const load = (): Promise<boolean> => attempt(async () => setSessions(await server.sessions()));
  useEffect(() => void load(), []);
  const end = async ({ id, current }: PageSession): Promise<void> => {
    if (!(await attempt(() => server.signOut(id)))) return;
    if (current) signedIn.value = false;
    else await load();
  };
  return (
    <section class="account" aria-labelledby="account-title">
      <h1 id="account-title">
        <a class="back" href="/" onClick={onLink} aria-label="Back to the list">
          ←
        </a>{' '}
        Account
      </h1>
      <OwnAccount />
      <h2>Signed-in browsers</h2>
      <ul aria-label="Signed-in browsers">
        {(sessions ?? []).map((session) => (
          <li key={session.id} class="session">
            <div>
              <strong>{browserName(session.browser)}</strong>
              {session.current && <span class="badge">this one</span>}
              <small title={visibleLabel(session.browser)}>
                signed in {ago(session.createdAt)}, until {new Date(session.expiresAt).toLocaleDateString()}{' '}
                unless used
              </small>
            </div>
            <button class={session.current ? '' : 'danger'} onClick={() => void end(session)}>
              {session.current ? 'Sign out' : 'Revoke'}
            </button>
          </li>
        ))}
      </ul>
      <p class="hint">
        <code>prefish tasks open</code> signs another browser in.
      </p>
    </section>
  );
}

/** A browser by the name that people know. */
function browserName(agent: string): string {
  const name = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Macintosh|Android|iPhone|iPad|Linux)/.exec(agent)?.[1];
  const known = { Edg: 'Edge', OPR: 'Opera' } as Readonly<Record<string, string>>;
  if (name === undefined) return visibleLabel(agent, 60) || 'Unknown';
  return [known[name] ?? name, system].filter(Boolean).join(' on ');
}
