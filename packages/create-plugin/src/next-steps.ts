import { relative } from 'node:path';
import type { CreatedPlugin } from './create-plugin.ts';

/** What was made, and what to type next, for a person who is in `cwd`. */
export function nextSteps({ name, token, id, folder }: CreatedPlugin, cwd: string): string {
  const there = relative(cwd, folder);
  const enter = there === '' ? [] : [`cd ${shellWord(there)}`];
  const commands = [...enter, 'npm install', 'npm test', 'prefish --plugin ./src/index.ts --watch'];
  return [
    `Made ${name} in ${there === '' ? 'this folder' : there}. Its prefix is ${token} ("${id}"). Next:`,
    '',
    ...commands.map((command) => `  ${command}`),
    '',
    `Then type: ${token} hello`,
  ].join('\n');
}

function shellWord(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
