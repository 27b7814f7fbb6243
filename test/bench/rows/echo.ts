import { setTimeout as delay } from 'node:timers/promises';
import { readyShell } from '../ready-shell.ts';
import { percentile, type Row } from '../row.ts';
import { startOnTerminal, type TerminalProgram } from '../terminal-program.ts';

const keys = 'lorem ipsum dolor sit amet consectetur adipiscing ';
const pauseMs = 20;
/** Takes the line away. */
const killLine = '\u0015';

/** Types letters at a person's pace, and gives the milliseconds until each stands on the terminal. */
async function typed(program: TerminalProgram): Promise<number[]> {
  const times: number[] = [];
  for (const key of keys) {
    const shown = program.writes(new RegExp(key));
    program.write(key);
    times.push(await shown);
    await delay(pauseMs);
  }
  program.write(killLine);
  await delay(10 * pauseMs);
  return times;
}

export const echo: Row = {
  what: 'key echo, p99 of 400 keys',
  against: "Node's own REPL",
  budget: 1,
  async measure(bench) {
    await using shell = await readyShell(bench);
    await using repl = startOnTerminal(bench.node, [], { cwd: bench.folder, env: bench.env });
    await repl.writes(/> /);
    for (const program of [shell, repl]) await typed(program);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < 8; round++) {
      ours.push(...(await typed(shell)));
      theirs.push(...(await typed(repl)));
    }
    return { value: percentile(ours, 0.99), baseline: percentile(theirs, 0.99), unit: 'ms' };
  },
};
