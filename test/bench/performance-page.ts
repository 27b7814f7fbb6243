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
  return `# Performance

\`npm run bench\` measures prefish against something of the same machine in the same run, in turn, and takes medians; the
ratio is what is promised. \`npm run bench -- WORD\` measures the rows whose name holds the word. This page is written by a
run of all of them, misses included.

${at.slice(0, 10)} · ${processor}, ${cores} cores, ${memory} GB · ${system} · Node ${node} · load ${load}: ${load > cores ? 'other work ran on it at the same time, which slow figures show first' : 'nothing else ran'}

| what | prefish | against | ratio | promised | |
|---|---|---|---|---|---|
${rows.map((row) => row.replaceAll('<', '&lt;')).join('\n')}

**What they mean.** *Prompt visible* is from the start of the process until its prompt stands on the terminal. *A key's echo*
is from the key until its letter is written; p99 is what one key in a hundred is slower than. *Accepted* is a task that
would survive a crash of the machine. *On the wire* is all that git sends and receives for a task whose repository the
server knows. How it is measured is in [test/bench](../test/bench).
`;
}
