// npm run setup: puts a launcher named prefish into ~/.local/bin, or into the folder after --prefix.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { node, prefish } from './workspace/folders.mjs';
import { build, install } from './workspace/prepare.mjs';
import { userEnvironment } from './workspace/user-environment.mjs';

const prefix = askedPrefix();
const folder = resolve(process.env.INIT_CWD ?? '.', prefix ?? join(homedir(), '.local', 'bin'));
const launcher = join(folder, 'prefish');
const quoted = (path) => `'${path.replaceAll("'", `'\\''`)}'`;

await install(process.env);
await build(process.env);
mkdirSync(folder, { recursive: true });
writeFileSync(launcher, `#!/bin/sh\nexec ${quoted(node)} ${quoted(prefish)} "$@"\n`);
chmodSync(launcher, 0o755);

const onPath = (userEnvironment().PATH ?? '').split(delimiter).includes(folder);
process.stdout.write(
  [
    `Installed ${launcher}`,
    onPath ? 'Start it with: prefish' : `Not on your PATH yet: export PATH="${folder}:$PATH"`,
    `To update it: git pull && npm run setup${prefix === undefined ? '' : ` -- --prefix ${quoted(folder)}`}`,
    `To remove it: rm ${quoted(launcher)}`,
    '',
  ].join('\n'),
);

/** The folder after --prefix, if there is one. What is not understood ends the script before anything is done. */
function askedPrefix() {
  try {
    const { values } = parseArgs({ options: { prefix: { type: 'string' } } });
    if (values.prefix !== '') return values.prefix;
  } catch {
    // The usage says it all.
  }
  process.stderr.write('Usage: npm run setup [-- --prefix DIR]\n');
  process.exit(2);
}
