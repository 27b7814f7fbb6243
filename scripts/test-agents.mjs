// npm run test:agents: real agents, installed from npm, against a model API of the tests' own.
// Arguments go to vitest: npm run test:agents -- -t codex
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clone, tool } from './workspace/folders.mjs';
import { build, install, withNode } from './workspace/prepare.mjs';
import { mustRun, run } from './workspace/step.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

const packages = [
  '@anthropic-ai/claude-code',
  '@agentclientprotocol/claude-agent-acp',
  '@openai/codex',
  '@agentclientprotocol/codex-acp',
  '@google/gemini-cli',
  'opencode-ai',
];
const ways = ['plain', 'cancelled', 'teleported', 'teleported, asked', 'teleported, cancelled'];

await install(process.env);
await build(process.env);
const env = withNode(userEnvironment());
const folder = join(clone, 'node_modules', '.prefish', 'agents');
await installAgents();

const report = join(clone, 'node_modules', '.prefish', 'agents-report.json');
rmSync(report, { force: true });
const config = join(clone, 'test', 'real-agents', 'vitest.config.ts');
process.exitCode = await run(
  tool('vitest'),
  [
    'run',
    `--config=${config}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: clone, env, stdout: 'inherit' },
);
printTable(JSON.parse(readFileSync(report, 'utf8')));

/** Downloads the newest of each, 2 GB in all, where they are missing; whoever wants newer ones removes the folder. */
async function installAgents() {
  if (packages.every((name) => existsSync(join(folder, 'node_modules', name)))) return;
  process.stderr.write('prefish: downloading the agents…\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const latest = packages.map((name) => `${name}@latest`);
  await mustRun('npm', 'npm', ['install', '--no-fund', '--no-audit', ...latest], {
    cwd: folder,
    env,
    quiet: true,
  });
}

/** One row an agent, one column a way to call it. */
function printTable({ testResults }) {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const row = (agent) => {
    const cells = ways.map((way) => {
      const found = results.find(({ title, ancestorTitles }) => title === way && ancestorTitles[0] === agent);
      return [way, found === undefined ? '' : `${found.status} ${Math.round(found.duration ?? 0)} ms`];
    });
    return [agent, Object.fromEntries(cells)];
  };
  const agents = [...new Set(results.flatMap(({ ancestorTitles }) => ancestorTitles))];
  console.table(Object.fromEntries(agents.map(row)));
}
