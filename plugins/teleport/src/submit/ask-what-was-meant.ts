import type { RunContext } from '@prefish/core';
import { askMeaning } from './ask-meaning.ts';
import { isMeantAsCommand } from './meant-command.ts';
import { planLine, type PlannedLine } from './plan-line.ts';

/**
 * The line that was meant by a message for the agent that reads like a command: at a terminal what the
 * person chooses, the command first; elsewhere the message, with a warning.
 */
export async function askWhatWasMeant(line: PlannedLine, context: RunContext): Promise<PlannedLine> {
  if (line.token !== '' || line.text !== line.body) return line;
  const { ask, out, shell, terminal } = context;
  const token = shell.prefixes.find(({ id }) => id === 'shell')?.token;
  if (token === undefined) return line;
  if (!(await isMeantAsCommand(line.body, context))) return line;
  const command = `${token}${line.body.trim()}`;
  if (terminal === undefined) {
    out.warn(
      'PREFISH_MEANT_COMMAND',
      `“${line.body}” reads like a command; it goes to the agent`,
      `To run it: & ${command}`,
    );
    return line;
  }
  const run = `& ${command}   run it`;
  const chosen = await askMeaning(ask, line.body, [run, `& ${line.body}   tell the agent`]);
  return chosen === run ? planLine(command, shell) : line;
}
