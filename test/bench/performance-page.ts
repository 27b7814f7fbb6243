import { figure, verdict, type Report } from './result.ts';

/** The page for people: every figure of a report with its promise, met or missed. */
export function performancePage({
  at,
  node,
  system,
  processor,
  cores,
  memory,
  load,
  results,
}: Report): string {
  const rows = results.map((result) => {
    const { what, against, value, baseline, unit, ratio, budget } = result;
    const promised = budget === undefined ? '–' : `≤ ${budget} ×`;
    return `| ${what} | ${figure(value, unit)} | ${against}: ${figure(baseline, unit)} | ${ratio.toFixed(2)} × | ${promised} | ${verdict(result)} |`;
  });
  const measured = results.flatMap(({ rounds: of }) => of ?? []);
  const all = measured.reduce((sum, { of }) => sum + of, 0);
  const counted = measured.reduce((sum, one) => sum + one.counted, 0);
  return `# Performance

\`npm run bench\` measures prefish against something of the same machine in the same run, in turn, and takes medians; the
ratio is what is promised. A round waits a while for the machine to be at rest, and counts when neither baseline beside it
took more than a quarter longer than the quicker ones of the row: other work was in the way then. The measured value has no
say in that. Where the promise is a time, a Node that does nothing takes the place of the baseline in this.
\`npm run bench -- WORD\` measures the rows whose name holds the word. This page is written by a run of all of them, misses
included.

${at.slice(0, 10)} · ${processor}, ${cores} cores, ${memory} GB · ${system} · Node ${node} · load ${load}: ${load > cores ? 'other work ran on it at the same time' : 'little else ran'}; ${counted} of ${all} rounds count

| what | prefish | against | ratio | promised | |
|---|---|---|---|---|---|
${rows.map((row) => row.replaceAll('<', '&lt;')).join('\n')}

**What they mean.** *Prompt visible* is from the start of the process until its prompt stands on the terminal. *A key's echo*
is from the key until its letter is written; p99 is what one key in a hundred is slower than. *Accepted* is a task that
would survive a crash of the machine. *On the wire* is all that git sends and receives for a task whose repository the
server knows. How it is measured is in [test/bench](../test/bench).
`;
}
