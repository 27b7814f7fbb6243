import { spawn } from 'node:child_process';
import { withoutInherited } from '@prefish/processes';
import { entry } from '../installation.ts';

/**
 * Starts a process that outlives this one, and delivers what it left in the outbox. It has this one's environment:
 * the agent of ssh, a token, certificates. Where there is one already it ends at once.
 *
 * @param server Where lines go that do not say where: a token of the environment is for that one alone
 */
export function spawnDelivery(server: string | undefined): void {
  const delivery = spawn(process.execPath, [entry, 'outbox', 'deliver'], {
    cwd: '/',
    env: { ...process.env, ...(server !== undefined && { PREFISH_SERVER: server }) },
    detached: true,
    stdio: withoutInherited(['ignore', 'ignore', 'ignore']),
  });
  // It is kept all the same, and goes out with the next command that can start one.
  delivery.once('error', () => {});
  delivery.unref();
}
