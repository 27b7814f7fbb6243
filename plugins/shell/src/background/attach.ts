import { PrefishError, type Outcome, type RunContext } from '@prefish/core';
import { createStyle } from '@prefish/screen';
import { nameOfKey } from '../options.ts';
import { lineVariable } from '../processes/shell-process.ts';
import { HolderClient } from './holder-client.ts';
import { LeaveKey } from './leave-key.ts';
import { RecentOutput } from './recent-output.ts';
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
  { lendTerminal, signal, terminal: view, env }: RunContext,
): Promise<Outcome> {
  // The key that leaves it would be the outer prefish's. A terminal multiplexer in between has keys of its own.
  if (env[lineVariable] !== undefined && env['TMUX'] === undefined && env['STY'] === undefined) {
    throw new PrefishError('PREFISH_USAGE', `${task.id} cannot be attached to inside of a line of prefish.`, {
      hint: `At the prompt: /tasks attach ${task.id}`,
    });
  }
  const key = leaveKey ?? ctrlB;
  const { dim } = createStyle(view?.color ?? false);
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
    using keys = new LeaveKey(key, { leave, pass });
    terminal.onInput((data) => keys.take(data));
    terminal.onResize(() => holder.resize(terminal));
    signal.addEventListener('abort', leave, { once: true });
    let notice: string | undefined = `${dim(`attached to ${task.id} · ${nameOfKey(key)} leaves`)}\r\n`;
    holder.attach(terminal, (data) => {
      screen.take(data);
      terminal.write(notice === undefined ? data : withNotice(notice, data, screen.modes.isFullScreen));
      notice = undefined;
    });
    try {
      const how = await Promise.race([left.promise, holder.ended]);
      await terminal.drained();
      terminal.write(screen.modes.undo());
      return { type: 'ok', message: how === 'left' ? `${task.id} goes on` : `${task.id} has ended` };
    } finally {
      signal.removeEventListener('abort', leave);
    }
  });
}

const ctrlB = 2;
/** What goes to rows above the cursor. */
const goesUp = /\x1b\[[\d;]*[AFHfd]/;

/** What was printed last, and the notice as near to its end as nothing is drawn over it: above the row that it ends in. */
function withNotice(notice: string, printed: Buffer, isFullScreen: boolean): Buffer {
  const isDrawn = isFullScreen || goesUp.test(printed.toString('latin1'));
  const at = isDrawn ? 0 : printed.lastIndexOf('\n') + 1;
  return Buffer.concat([printed.subarray(0, at), Buffer.from(notice), printed.subarray(at)]);
}
