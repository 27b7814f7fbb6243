import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CreatedPlugin } from './create-plugin.ts';

/** The clone of prefish that this runs in, if it does: as a source, or bundled into the command. */
const clone: string = fileURLToPath(new URL('../../..', import.meta.url));

/** What was made, and what to type next, for a person who is in `cwd`. */
export function nextSteps({ name, token, chosen, packed, id, folder }: CreatedPlugin, cwd: string): string {
  const there = relative(cwd, folder);
  const enter = there === '' ? [] : [`cd ${shellWord(there)}`];
  const commands = [...enter, 'npm install', 'npm test', 'prefish --plugin ./src/index.ts --watch'];
  return [
    `Made ${name} in ${there === '' ? 'this folder' : there}. Its prefix is ${token} ("${id}"${chosen ? '; --token chooses another' : ''}). Next:`,
    '',
    ...commands.map((command) => `  ${command}`),
    '',
    `Then type: ${token} hello`,
    ...(packed ? [] : hintOfClone()),
  ].join('\n');
}

/** A clone of prefish is there while its packages may not be on a registry. */
function hintOfClone(): readonly string[] {
  if (!existsSync(join(clone, 'scripts', 'pack.mjs'))) return [];
  return [
    '',
    'Where npm does not find @prefish/core: `npm run pack` in the clone of prefish, and make the plugin with',
    `  --packed ${shellWord(join(clone, 'packed'))}`,
  ];
}

function shellWord(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
