import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage, isPrefishError, type Task } from '@prefish/protocol';
import { deliver, mayPass, refused } from '../outbox/deliver.ts';
import type { Sending } from './send.ts';

/** How long to wait before a line is sent again, in milliseconds; the last one again and again. */
const pausesMs = [2000, 5000, 15_000, 60_000];
/** How often it is seen meanwhile whether somebody else has delivered it, in milliseconds. */
const lookMs = 2000;

/**
 * Sends a line that could not be delivered again and again, until somebody has delivered it, or it is refused or
 * canceled, or the shell closes.
 *
 * @returns The task, where there is one now: another shell may have delivered it
 */
export async function keepTrying(
  { services, git, submission: { id } }: Pick<Sending, 'services' | 'git' | 'submission'>,
  signal: AbortSignal,
): Promise<Task | undefined> {
  const { outbox, server, uploads } = services;
  for (let attempt = 0; ; attempt += 1) {
    if (await isGoneWithin(pausesMs[Math.min(attempt, pausesMs.length - 1)]!)) return ofAnother();
    try {
      const task = await outbox.hold(id, send, { timeoutMs: 100, signal });
      if (task !== 'waits') return task;
    } catch (error) {
      signal.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
  }

  async function isGoneWithin(pauseMs: number): Promise<boolean> {
    for (let rest = pauseMs; rest > 0; rest -= lookMs) {
      await delay(Math.min(rest, lookMs), undefined, { signal, ref: false });
      if ((await outbox.read(id)) === undefined) return true;
    }
    return false;
  }

  /** What another shell has delivered; `undefined` where it was canceled. */
  async function ofAnother(): Promise<Task | undefined> {
    try {
      const client = await services.connect(server.elsewhere, signal);
      return await client.get(id, signal);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async function send(): Promise<Task | undefined | 'waits'> {
    const entry = await outbox.read(id);
    if (entry === undefined) return ofAnother();
    if (entry.problem !== undefined) return undefined;
    try {
      const client = await services.connect(true, signal);
      return await deliver(entry, { git, outbox, server, client, uploads }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if ((await outbox.read(id)) === undefined) return ofAnother();
      if (mayPass(error)) {
        await outbox.write({ ...entry, trouble: errorMessage(error) });
        return 'waits';
      }
      await outbox.write(refused(entry, error));
      const code = isPrefishError(error) ? error.code : 'PREFISH_SERVER_REFUSED';
      services.warn(code, `Refused: ${entry.request.line}: ${errorMessage(error)}`);
      return undefined;
    }
  }
}
