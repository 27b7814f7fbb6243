import { barePrompt } from '../bare-prompt.ts';
import { isOnPath } from '../../support/capabilities.ts';
import { interleaved, type Bench, type Row } from '../row.ts';
import { timeUntilShown } from '../terminal-time.ts';

const against = 'a bare raw-mode Node prompt';

/** Measures how long a program takes to show its prompt, against the least that Node can do. */
async function promptVisible(
  bench: Bench,
  program: readonly string[],
  pattern: RegExp,
  rounds = bench.rounds,
) {
  const [command, ...args] = program as [string, ...string[]];
  const bare = barePrompt(bench);
  const options = { cwd: bench.folder, env: bench.env };
  const figures = await interleaved(
    rounds,
    () => timeUntilShown(command, args, pattern, options),
    () => timeUntilShown(bench.node, [bare], /> /, options),
  );
  return { ...figures, unit: 'ms' } as const;
}

export const prompt: Row = {
  what: 'prompt visible',
  against,
  budget: 1.7,
  measure: (bench) => promptVisible(bench, [bench.node, bench.prefish], /❯|> /),
};

/** Shells and agents that a person knows, where they are installed: nothing is promised of them. */
export const otherPrompts: readonly Row[] = [
  {
    what: "prompt visible, Node's own REPL, for comparison",
    against,
    measure: (bench) => promptVisible(bench, [bench.node], /> /),
  },
  {
    what: 'prompt visible, bash, for comparison',
    against,
    measure: (bench) => promptVisible(bench, ['bash', '--norc'], /[$#] /),
  },
  ...['claude', 'codex', 'gemini', 'opencode'].filter(isOnPath).map((agent): Row => ({
    what: `prompt visible, ${agent}, for comparison`,
    against,
    measure: (bench) => promptVisible({ ...bench, env: withoutLogin(bench.env) }, [agent], /[❯›>▌┃]/, 5),
  })),
];

/** Agents show their prompt when they have a key, whatever it is; without a network they wait for news of themselves. */
function withoutLogin(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    ANTHROPIC_API_KEY: 'none',
    OPENAI_API_KEY: 'none',
    GEMINI_API_KEY: 'none',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
}
