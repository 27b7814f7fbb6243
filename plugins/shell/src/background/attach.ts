import { PrefishError, type Outcome, type RunContext } from '@prefish/core';
import { HolderClient } from './holder-client.ts';
import { LeaveKey } from './leave-key.ts';
import { RecentOutput } from './recent-output.ts';
import { resetScreen } from './reset-screen.ts';
import type { ShellRecord } from './shell-records.ts';

/**
 * Joins the terminal to a background shell: what it printed last, then what it prints; keys go to it,
 * until it ends or the key that leaves it is pressed.
 *
 * @throws PREFISH_SHELL_HELD when nobody holds it any more, PREFISH_NO_TTY
 */
export function attachTo(
  { task, socket }: ShellRecord,
  leaveKey: number | undefined,
  { lendTerminal, signal }: RunContext,
): Promise<Outcome> {
  return lendTerminal(async (terminal): Promise<Outcome> => {
    using holder = await HolderClient.open(socket);
    if (holder === undefined) {
      throw new PrefishError('PREFISH_SHELL_HELD', `${task.id} does not run any more`, {
        hint: `prefish tasks logs ${task.id}`,
      });
    }
    const left = Promise.withResolvers<'left'>();
    let hasLeft = false;
    const leave = (): void => {
      hasLeft = true;
      left.resolve('left');
    };
    const pass = (data: Buffer): void => (hasLeft ? terminal.unread?.(data) : holder.write(data));
    const screen = new RecentOutput();
    // Without a key of its own there has to be some way out.
    using keys = new LeaveKey(leaveKey ?? ctrlB, { leave, pass });
    terminal.onInput((data) => keys.take(data));
    terminal.onResize(() => holder.resize(terminal));
    signal.addEventListener('abort', leave, { once: true });
    holder.attach(terminal, (data) => {
      screen.take(data);
      terminal.write(data);
    });
    try {
      const how = await Promise.race([left.promise, holder.ended]);
      await terminal.drained();
      terminal.write(resetScreen(screen.isFullScreen));
      return { type: 'ok', message: how === 'left' ? `${task.id} goes on` : `${task.id} has ended` };
    } finally {
      signal.removeEventListener('abort', leave);
    }
  });
}

const ctrlB = 2;
