// npm start: installs and builds what has changed, then becomes prefish in the folder that npm was called from.
// Runs on the Node that a bare machine has; everything behind it runs on the workspace's own.
import { spawn } from 'node:child_process';
import { node, prefish } from './workspace/folders.mjs';
import { build, install } from './workspace/prepare.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

const callerFolder = process.env.INIT_CWD ?? process.cwd();
await install(process.env);
await build(process.env);

const child = spawn(node, [prefish, ...process.argv.slice(2)], {
  cwd: callerFolder,
  env: userEnvironment(),
  stdio: 'inherit',
});
// The terminal sends an interrupt to both; prefish alone decides what it means.
for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  process.stderr.write(`prefish: ${error.message}\n`);
  process.exitCode = 1;
});
child.once('exit', (code, signal) => {
  if (signal === null) process.exitCode = code;
  else process.kill(process.pid, signal);
});
