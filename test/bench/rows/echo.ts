import { setTimeout as delay } from 'node:timers/promises';
import { readyShell } from '../ready-shell.ts';
import { interleaved, percentile, type Row } from '../row.ts';
import { startOnTerminal, type TerminalProgram } from '../terminal-program.ts';

const keys = 'lorem ipsum dolor sit amet consectetur adipiscing '.repeat(2);
const pauseMs = 20;
/** Takes the line away. */
const killLine = '\u0015';

/** Types letters at a person's pace, and gives the milliseconds until all but the slowest of a hundred stood on the terminal. */
async function typed(program: TerminalProgram): Promise<number> {
  const times: number[] = [];
  for (const key of keys) {
    const shown = program.writes(new RegExp(key));
    program.write(key);
    times.push(await shown);
    await delay(pauseMs);
  }
  program.write(killLine);
  await delay(10 * pauseMs);
  return percentile(times, 0.99);
}

export const echo: Row = {
  what: `key echo, p99 of ${keys.length} keys`,
  against: "Node's own REPL",
  budget: 1,
  async measure(bench) {
    await using shell = await readyShell(bench);
    await using repl = startOnTerminal(bench.node, [], { cwd: bench.folder, env: bench.env });
    await repl.writes(/> /);
    const figures = await interleaved(
      7,
      () => typed(shell),
      () => typed(repl),
    );
    return { ...figures, unit: 'ms' };
  },
};
