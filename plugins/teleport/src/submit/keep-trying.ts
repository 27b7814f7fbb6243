import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import { deliverWaiting } from '../outbox/deliver.ts';
import type { Sending } from './send.ts';

/** How long to wait before a line is sent again while nobody waits for it, in milliseconds; the last one again and again. */
const unhurriedMs = [2000, 5000, 15_000, 60_000];
/** How often it is seen meanwhile whether somebody else has delivered it, in milliseconds. */
const lookMs = 2000;

/**
 * Sends a line that could not be delivered again and again, behind those that were submitted before it, until somebody
 * has delivered it, or it is refused or canceled, or the shell closes.
 *
 * @returns The task, where there is one now: another shell may have delivered it
 */
export async function keepTrying(
  { services, git, submission: { id } }: Pick<Sending, 'services' | 'git' | 'submission'>,
  signal: AbortSignal,
  pausesMs: readonly number[] = unhurriedMs,
): Promise<Task | undefined> {
  const { outbox, server, uploads } = services;
  for (let attempt = 0; ; attempt += 1) {
    if (await isGoneWithin(pausesMs[Math.min(attempt, pausesMs.length - 1)]!)) return delivered();
    const connect = (): Promise<ServerClient> => services.connect(true, signal);
    await deliverWaiting({ git, outbox, server, uploads, connect }, signal).catch(() => {
      signal.throwIfAborted();
    });
    const entry = await outbox.read(id);
    if (entry === undefined) return delivered();
    if (entry.problem === undefined) continue;
    services.warn(entry.problem.code, `Refused: ${entry.request.line}: ${entry.problem.message}`);
    return undefined;
  }

  async function isGoneWithin(pauseMs: number): Promise<boolean> {
    for (let rest = pauseMs; rest > 0; rest -= lookMs) {
      await delay(Math.min(rest, lookMs), undefined, { signal, ref: false });
      if ((await outbox.read(id)) === undefined) return true;
    }
    return false;
  }

  /** What was delivered, by whomever; `undefined` where it was canceled. */
  async function delivered(): Promise<Task | undefined> {
    try {
      const client = await services.connect(server.elsewhere, signal);
      return await client.get(id, signal);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}
