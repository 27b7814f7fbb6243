import type { Ask, Task } from '@prefish/core';

const keep = 'Keep running in the background';

/** Asks, before the terminal goes, what is to become of the shells that run. Rejects when that is not answered. */
export async function askAboutRunning(running: readonly Task[], ask: Ask): Promise<'keep' | 'end'> {
  const titles = running.map(({ id, title }) => `${id} ${title}`).join(', ');
  const still = running.length === 1 ? 'This still runs' : `These ${running.length} still run`;
  const answer = await ask.select(`${still}: ${titles}`, [
    keep,
    running.length === 1 ? 'Stop it' : 'Stop them',
  ]);
  return answer === keep ? 'keep' : 'end';
}
