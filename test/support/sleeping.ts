import { readdir, readFile } from 'node:fs/promises';

/** The pids of all processes that sleep for exactly this many seconds: how a test finds what it started, wherever that went. */
export async function sleeping(seconds: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => commands[index] === `sleep\0${seconds}\0`).map(Number);
}
