import { readyShell, runLine } from '../ready-shell.ts';
import { interleaved, type Row } from '../row.ts';
import { startOnTerminal } from '../terminal-program.ts';

const lines = 5_000_000;
const command = `seq 1 ${lines}; echo the e''nd`;

export const flood: Row = {
  what: `${lines.toLocaleString('en')} lines through !`,
  against: 'the same command on the same terminal, typed to bash',
  budget: 1.8,
  async measure(bench) {
    await using shell = await readyShell(bench);
    await using bash = startOnTerminal('bash', ['--norc'], { cwd: bench.folder, env: bench.env });
    await bash.writes(/[$#] /);
    const figures = await interleaved(
      3,
      () => runLine(shell, `!${command}`, /the end/),
      () => {
        const ended = bash.writes(/the end/);
        bash.write(`${command}\r`);
        return ended;
      },
    );
    return { ...figures, unit: 'ms' };
  },
};
