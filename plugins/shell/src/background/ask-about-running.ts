import { closeSync, openSync } from 'node:fs';
import { isPrefishError, type Ask, type Task } from '@prefish/core';

const keep = 'Keep running in the background';

/**
 * Asks, before the terminal goes, what is to become of the shells that run. `not asked` where nothing more can
 * be typed, `nobody there` where the terminal has gone. Rejects when a question was put and not answered.
 */
export async function askAboutRunning(
  running: readonly Task[],
  ask: Ask,
): Promise<'keep' | 'end' | 'not asked' | 'nobody there'> {
  const titles = running.map(({ id, title }) => `${id} ${title}`).join(', ');
  const still = running.length === 1 ? 'This still runs' : `These ${running.length} still run`;
  try {
    const answer = await ask.select(`${still}: ${titles}`, [
      keep,
      running.length === 1 ? 'Stop it' : 'Stop them',
    ]);
    return answer === keep ? 'keep' : 'end';
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    return hasTerminal() ? 'not asked' : 'nobody there';
  }
}

/** Whether the terminal that this process was started in is still there. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
